"""The product's settings: defaults, then `lms.toml`, then `LMS_*` variables, then files named by `LMS_*_FILE`."""

import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Setting:
    name: str
    default: str | bool | int
    help: str


SETTINGS = (
    Setting(
        "data_dir",
        str(ROOT / ".data"),
        "Folder for everything that is written: database, media, keys, lab homes.",
    ),
    Setting("debug", False, "Developer's error pages. Never on a server that others can reach."),
    Setting(
        "demo",
        False,
        "Loads demo accounts and shows sent messages, sign-in codes among them, to staff.",
    ),
    Setting(
        "secret_key",
        "",
        "Signs sessions and links. Empty: made once and kept in data_dir/secret_key.",
    ),
    Setting(
        "identifier_keys",
        "",
        "Keys that seal staff identifiers and others' secrets, comma separated: the first seals, all open. "
        "Empty: one made once and kept in data_dir/keys/identifiers.",
    ),
    Setting(
        "staff_second_factor",
        "",
        "1: staff pages open to who has an app's code or a passkey as a second step. 0: to all staff. "
        "Empty: 1, and 0 in the demo, whose accounts work at once.",
    ),
    Setting(
        "site_url",
        "http://127.0.0.1:8000",
        "The address that people and QR codes use, without a final slash.",
    ),
    Setting(
        "allowed_hosts",
        "",
        "Host names to answer to, comma separated. Empty: the host of site_url.",
    ),
    Setting(
        "database_url", "", "As postgres://user:password@host/name. Empty: SQLite in data_dir."
    ),
    Setting(
        "redis_url",
        "",
        "As redis://host:6379/0. Empty: the embedded Valkey on a socket in data_dir.",
    ),
    Setting(
        "email_url",
        "",
        "As smtp://user:password@host:587. Empty: mail is kept, and in the demo shown to staff.",
    ),
    Setting("email_from", "Umahiri <no-reply@umahiri.invalid>", "Sender of all mail."),
    Setting(
        "sms_gateway",
        "",
        "africastalking, or kept, for staff of a demo to read. Empty: kept in the demo, elsewhere no text messages.",
    ),
    Setting("africastalking_username", "sandbox", "User name at Africa's Talking."),
    Setting("africastalking_api_key", "", "Key at Africa's Talking."),
    Setting(
        "africastalking_url",
        "",
        "Address of their API without /version1. Empty: the one that the user name tells.",
    ),
    Setting(
        "sms_sender",
        "",
        "Sender of text messages about one's own courses, as registered with the operators.",
    ),
    Setting(
        "sms_sender_promotional",
        "",
        "The other sender, for news that people asked for. Empty: no news by text message.",
    ),
    Setting(
        "sms_callback_secret",
        "",
        "Last part of the addresses that the gateway reports to. Empty: no reports are taken.",
    ),
    Setting(
        "sms_part_cost",
        "KES 0.80",
        "What a part of a text message costs about, for the estimate before a campaign.",
    ),
    Setting("sms_monthly_cap", 20000, "Text messages that an organisation may send in a month."),
    Setting(
        "sms_monthly_cost_cap",
        0,
        "What an organisation's text messages may cost in a month, in the gateway's currency. 0: no limit.",
    ),
    Setting(
        "messages_daily_cap",
        6,
        "Mails and text messages that one person gets in a day; urgent ones are sent all the same.",
    ),
    Setting("secure", False, "Set when people come by HTTPS: secure cookies, HSTS, redirects."),
    Setting("media_url", "/media/", "Where uploaded media are served from."),
    Setting("labs_hub_url", "http://127.0.0.1:8010", "JupyterHub's address as browsers see it."),
    Setting(
        "labs_hub_api_url",
        "",
        "JupyterHub's REST address as this server sees it. Empty: labs_hub_url/hub/api.",
    ),
    Setting(
        "labs_lite_url",
        "",
        "Where labs that run in a browser are served from, never this site's own address. Empty: labs_hub_url/lite.",
    ),
    Setting(
        "labs_spawner",
        "sandbox",
        "sandbox: learners' servers run beside the Hub on its machine. kubernetes: as pods of a cluster.",
    ),
    Setting(
        "labs_marking_job",
        "",
        "File of the Kubernetes job that marks a submission (deploy/labs/marking-job.yaml). "
        "Empty: submissions are marked on this machine.",
    ),
    Setting("labs_places", 40, "Labs that may be open at the same time, on the whole platform."),
    Setting(
        "labs_cohort_places",
        0,
        "Labs that a cohort may have open at the same time, if it has no quota. 0: no limit of its own.",
    ),
    Setting(
        "labs_cohort_hours",
        0,
        "Hours of labs a month, of all of a cohort together, if it has no quota. 0: no limit.",
    ),
    Setting("labs_memory_mb", 4096, "Memory of a lab at most, whatever its author asked for."),
    Setting("labs_cpus", "1", "Processors of a lab at most."),
    Setting(
        "labs_gb_hour_price",
        "KES 1.00",
        "What a gigabyte of a lab's memory costs about in an hour, for the list of usage.",
    ),
    Setting("default_language", "en", "en or sw: the interface before a person chooses."),
    Setting("time_zone", "Africa/Nairobi", "Zone of times shown before a person chooses."),
)


def _read(setting, toml, environ):
    variable = f"LMS_{setting.name.upper()}"
    if f"{variable}_FILE" in environ:
        value = Path(environ[f"{variable}_FILE"]).read_text().strip()
    else:
        value = environ.get(variable, toml.get(setting.name, setting.default))
    if isinstance(setting.default, bool):
        return switch(variable, value)
    if type(setting.default) is int and not isinstance(value, int):
        if not value.isdecimal():
            message = f"{variable} is {value!r}; it takes a whole number."
            raise ImproperlyConfigured(message)
        return int(value)
    return value


def switch(name, value):
    """Read a setting that is on or off."""
    if isinstance(value, bool):
        return value
    if value.lower() not in {"0", "1", "true", "false", "yes", "no", ""}:
        message = f"{name} is {value!r}; it takes 1 or 0."
        raise ImproperlyConfigured(message)
    return value.lower() in {"1", "true", "yes"}


def load(environ=os.environ, path=ROOT / "lms.toml"):
    """Return every setting as a dict; an unknown key stops the start with its name."""
    toml = tomllib.loads(path.read_text()) if path.exists() else {}
    known = {setting.name for setting in SETTINGS}
    variables = {
        name.removeprefix("LMS_").removesuffix("_FILE").lower()
        for name in environ
        if name.startswith("LMS_")
    }
    if unknown := (set(toml) | variables) - known:
        message = (
            f"Unknown setting: {', '.join(sorted(unknown))}. The README lists those there are."
        )
        raise ImproperlyConfigured(message)
    found = {setting.name: _read(setting, toml, environ) for setting in SETTINGS}
    if found["staff_second_factor"] == "":
        found["staff_second_factor"] = not found["demo"]
    found["staff_second_factor"] = switch("LMS_STAFF_SECOND_FACTOR", found["staff_second_factor"])
    if found["demo"] and found["secure"]:
        message = "The demo shows everyone's sign-in codes to staff: it does not go with `secure`."
        raise ImproperlyConfigured(message)
    if found["labs_spawner"] not in {"sandbox", "kubernetes"}:
        message = (
            f"There is no spawner {found['labs_spawner']!r}: labs_spawner is sandbox or kubernetes."
        )
        raise ImproperlyConfigured(message)
    if found["sms_gateway"] not in {"", "kept", "africastalking"}:
        message = (
            f"There is no gateway {found['sms_gateway']!r}: sms_gateway is kept or africastalking."
        )
        raise ImproperlyConfigured(message)
    if found["sms_gateway"] == "kept" and not found["demo"]:
        message = "Only the demo shows kept text messages: elsewhere sms_gateway is not kept."
        raise ImproperlyConfigured(message)
    return found


def private_file(path):
    """Return `path`, made empty for its owner alone if it is not there.

    SQLite gives the files beside a database, with its newest content, the mode of the database.
    """
    path.touch(mode=0o600)
    return path


def kept_secret(path):
    """Return the secret in the file at `path`, made at first need and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process of ours was first
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
