#!/usr/bin/env python3
"""Runs real mail programs against the built server, in clear and with TLS.

usage: tests/interop/run.py [NAME…]      each file test_NAME.py here; all of them by default
"""

import importlib
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


def main():
    names = sys.argv[1:] or sorted(p.stem.removeprefix("test_") for p in HERE.glob("test_*.py"))
    passed = failed = 0
    for name in names:
        module = importlib.import_module("test_" + name)
        for function in [f for f in vars(module) if f.startswith("test_")]:
            started = time.monotonic()
            try:
                getattr(module, function)()
                passed += 1
                print(f"ok    {name}: {function[5:].replace('_', ' ')} ({time.monotonic() - started:.1f} s)", flush=True)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"FAIL  {name}: {function[5:].replace('_', ' ')}\n{traceback.format_exc()}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
