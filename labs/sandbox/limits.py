"""What a sandbox may use at most."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    memory_mb: int = 700
    processes: int = 200
    cpus: float = 1.0
    file_mb: int = 256
    open_files: int = 4096
    temporary_mb: int = 64
    cpu_seconds: int | None = None
