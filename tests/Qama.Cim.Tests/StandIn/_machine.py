"""What the stand-in SDKs have in common: a machine that remembers tasks in the checkpoint folder."""

import hashlib
import json
import os
import sys


def behave():
    """Misbehaviour to order, once if the order is a file."""
    order = os.environ.get("STANDIN", "")
    path = os.environ.get("STANDIN_ONCE", "")
    if path and os.path.exists(path):
        with open(path) as f:
            order = f.read()
        os.remove(path)
    return order


def log(line):
    path = os.environ.get("STANDIN_LOG", "")
    if path:
        with open(path, "a") as f:
            f.write(line + "\n")


def solve(matrix, name, folder):
    print("the SDK prints what it likes")
    order = behave()
    key = hashlib.sha256((name + json.dumps(matrix)).encode()).hexdigest()
    known = os.path.join(folder, key) if folder else None
    if not (known and os.path.exists(known)):
        log("submitted " + name)
        if known:
            open(known, "w").close()
    if order == "exit":
        os._exit(7)
    if order == "hang":
        import time
        time.sleep(600)
    if order == "license":
        raise RuntimeError("The maximum number of bits supported by the license: 100")
    if order == "failed":
        raise RuntimeError("CIM task failed")
    if order == "value":
        raise ValueError("CIM only supports signed 8-bit number")
    if any(not -128 <= v <= 127 for row in matrix for v in row):
        raise ValueError("CIM only supports signed 8-bit number")
    n = len(matrix)
    if order == "short":
        return [[1] * (n - 1)]
    if order == "wrong":
        return [[3] * n]
    best = None
    for code in range(1 << n):
        s = [1 if code >> i & 1 else -1 for i in range(n)]
        h = -sum(matrix[i][j] * s[i] * s[j] for i in range(n) for j in range(n))
        if best is None or h < best[0]:
            best = (h, s)
    return [best[1], [-v for v in best[1]]]
