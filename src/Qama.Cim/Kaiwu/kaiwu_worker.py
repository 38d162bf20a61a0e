"""Solves Ising problems with the Kaiwu SDK for a parent process.

Newline-delimited JSON on stdin and stdout, one request at a time:
  first line out   {"type": "ready", "python_version", "sdk_version", "generation"}
                   or {"type": "startup_error", "error": {"code", "message"}}
  request          {"id", "op": "solve", "task_name", "ising_matrix": [[...]]}
  reply            {"id", "ok": true, "result": {"solutions": [{"spins": [...], "hamiltonian": x or null}]}}
                   or {"id", "ok": false, "error": {"code", "message"}}
Configuration comes from the environment. The SDK prints: its output goes to stderr, so that stdout is the protocol's alone.
"""

import inspect
import json
import os
import sys
import time

protocol = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)
sys.stdout = sys.stderr


class WorkerError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def send(message):
    protocol.write(json.dumps(message, allow_nan=False) + "\n")
    protocol.flush()


def error(code, message):
    return {"code": code, "message": str(message)[:2000]}


def integer(name, usual):
    text = os.environ.get(name, "")
    if not text:
        return usual
    try:
        return int(text)
    except ValueError:
        raise WorkerError("INVALID_CONFIG", f"{name} is no whole number") from None


class Sdk:
    """The SDK's generations differ in how an optimiser is made."""

    def __init__(self):
        if sys.version_info < (3, 8):
            raise WorkerError("PYTHON_VERSION_INCOMPATIBLE", f"Python 3.8 or later is needed, this is {sys.version.split()[0]}")
        try:
            import numpy
        except ImportError as e:
            raise WorkerError("NUMPY_NOT_FOUND", e) from None
        try:
            import kaiwu
        except ModuleNotFoundError as e:
            code = "KAIWU_SDK_NOT_FOUND" if e.name == "kaiwu" else "KAIWU_IMPORT_ERROR"
            raise WorkerError(code, e) from None
        except Exception as e:
            raise WorkerError("KAIWU_IMPORT_ERROR", f"{type(e).__name__}: {e}") from None
        self.numpy = numpy
        self.kaiwu = kaiwu
        self.version = str(getattr(kaiwu, "__version__", "unknown"))
        try:
            self.optimizer = kaiwu.cim.CIMOptimizer
        except AttributeError:
            raise WorkerError("KAIWU_IMPORT_ERROR", "kaiwu.cim.CIMOptimizer is missing") from None
        self.parameters = set(inspect.signature(self.optimizer.__init__).parameters)
        self.task_mode = getattr(kaiwu.cim, "TaskMode", None) or getattr(kaiwu, "TaskMode", None)
        if "user_id" in self.parameters:
            self.generation = "1.1"
        elif "task_name_prefix" in self.parameters:
            self.generation = "1.2"
        elif "task_mode" in self.parameters:
            self.generation = "1.4" if self.task_mode is not None else "1.3"
        else:
            raise WorkerError("KAIWU_IMPORT_ERROR", "this generation of the SDK is not known: CIMOptimizer" + str(sorted(self.parameters)))
        self.user = os.environ.get("QBOSON_USER_ID", "")
        self.code = os.environ.get("QBOSON_SDK_CODE", "")
        if not self.user or not self.code:
            raise WorkerError("LICENSE_CONFIG_MISSING", "QBOSON_USER_ID and QBOSON_SDK_CODE are needed")
        self.samples = integer("KAIWU_SAMPLE_NUMBER", 0)
        if self.samples and not 10 <= self.samples <= 2000:
            raise WorkerError("INVALID_CONFIG", "KAIWU_SAMPLE_NUMBER must be 10 to 2000")
        self.interval = integer("KAIWU_CIM_INTERVAL_MINUTES", 1)
        self.pause = integer("KAIWU_PAUSE_MILLISECONDS", 5000) / 1000
        self.license()
        self.checkpoints()

    def license(self):
        init = getattr(getattr(self.kaiwu, "license", None), "init", None)
        if init is None or self.generation == "1.1":
            return
        try:
            init(user_id=self.user, sdk_code=self.code)
        except Exception as e:
            raise WorkerError("LICENSE_ERROR", e) from None

    def checkpoints(self):
        if self.generation == "1.1":
            return
        folder = os.environ.get("KAIWU_CHECKPOINT_DIR", "")
        try:
            os.makedirs(folder, exist_ok=True)
            manager = getattr(getattr(self.kaiwu, "common", None), "CheckpointManager", None)
            if manager is not None:
                manager.save_dir = folder
        except Exception as e:
            raise WorkerError("CHECKPOINT_ERROR", e) from None

    def create(self, name):
        project = os.environ.get("KAIWU_PROJECT_NO") or None
        if self.generation == "1.1":
            offered = {"user_id": self.user, "sdk_code": self.code, "task_name": name,
                       "machine_name": os.environ.get("KAIWU_MACHINE_NAME") or "CPQC-550"}
        else:
            offered = {"task_name_prefix" if self.generation == "1.2" else "task_name": name,
                       "wait": True, "interval": self.interval}
            if project:
                offered["project_no"] = project
            if self.generation == "1.3":
                offered["task_mode"] = "sample" if self.samples else "quota"
            if self.generation == "1.4":
                offered["task_mode"] = self.task_mode.SAMPLING if self.samples else self.task_mode.OPTIMIZATION
            if self.samples:
                offered["sample_number"] = self.samples
        return self.optimizer(**{k: v for k, v in offered.items() if k in self.parameters})

    def solve(self, name, matrix):
        optimizer = self.create(name)
        accepted = set(inspect.signature(optimizer.solve).parameters)
        options = {k: v for k, v in {"negtail_flip": False, "sort_solutions": True}.items() if k in accepted}
        while True:
            rows = optimizer.solve(self.numpy.array(matrix), **options)
            if rows is not None:
                break
            time.sleep(self.pause)  # still being computed
        rows = [[int(s) for s in row] for row in rows]
        energies = None
        if hasattr(optimizer, "get_hamiltonian"):
            energies = [float(e) for e in optimizer.get_hamiltonian()]
            if len(energies) != len(rows):
                raise WorkerError("SOLVER_RESULT_ERROR", "solutions and energies are not as many")
        return {"solutions": [{"spins": row, "hamiltonian": energies[i] if energies else None} for i, row in enumerate(rows)]}


def handle(sdk, request):
    matrix = request.get("ising_matrix")
    if request.get("op") != "solve" or not isinstance(matrix, list) or not matrix:
        raise WorkerError("PROTOCOL_ERROR", "expected op solve with an ising_matrix")
    if any(not isinstance(row, list) or len(row) != len(matrix) or any(type(v) is not int for v in row) for row in matrix):
        raise WorkerError("INVALID_MATRIX", "expected a square matrix of whole numbers")
    try:
        return sdk.solve(str(request.get("task_name", "")), matrix)
    except WorkerError:
        raise
    except ValueError as e:
        raise WorkerError("INVALID_MATRIX", e) from None
    except Exception as e:
        text = f"{type(e).__name__}: {e}"
        is_license = "license" in text.lower() or "licence" in text.lower()
        is_failed = "task failed" in text.lower() or type(e).__name__ == "CimTaskFailed"
        raise WorkerError("LICENSE_ERROR" if is_license else "CIM_TASK_FAILED" if is_failed else "SOLVER_ERROR", text) from None


def main():
    try:
        sdk = Sdk()
    except WorkerError as e:
        send({"type": "startup_error", "error": error(e.code, e)})
        return 1
    send({"type": "ready", "python_version": sys.version.split()[0], "sdk_version": sdk.version, "generation": sdk.generation})
    for line in sys.stdin:
        request = {}
        try:
            request = json.loads(line)
            send({"id": request.get("id"), "ok": True, "result": handle(sdk, request)})
        except WorkerError as e:
            send({"id": request.get("id"), "ok": False, "error": error(e.code, e)})
        except Exception as e:
            send({"id": request.get("id") if isinstance(request, dict) else None, "ok": False,
                  "error": error("PROTOCOL_ERROR", f"{type(e).__name__}: {e}")})
    return 0


if __name__ == "__main__":
    sys.exit(main())
