"""The clients that come from npm: installed once, into build/npm, with the versions that package.json names."""

import pathlib
import shutil
import subprocess

from roost import ROOT

WANTED = pathlib.Path(__file__).with_name("package.json")
MODULES = ROOT / "build/npm"


def install():
    """Gives the folder to set ROOST_NODE_MODULES to."""
    installed = MODULES / "installed.json"
    if not installed.exists() or installed.read_text() != WANTED.read_text():
        MODULES.mkdir(parents=True, exist_ok=True)
        shutil.copy(WANTED, MODULES / "package.json")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=MODULES, check=True, timeout=300)
        shutil.copy(WANTED, installed)
    return str(MODULES)
