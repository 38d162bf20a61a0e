import _machine


class CIMOptimizer:
    def __init__(self, user_id="", sdk_code="", task_name="", machine_name="CPQC-550"):
        assert user_id and sdk_code and machine_name == "CPQC-550"
        self.task_name = task_name

    def solve(self, ising_matrix):
        return _machine.solve(ising_matrix, self.task_name, None)
