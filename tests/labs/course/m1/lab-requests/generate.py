"""Service requests of a made-up county office."""


def generate(folder):
    rows = ["county,days,late", "Nyeri,3,0", "Turkana,30,1", "Nyeri,9,0", "Kisumu,21,1"]
    (folder / "requests.csv").write_text("\n".join(rows) + "\n")
