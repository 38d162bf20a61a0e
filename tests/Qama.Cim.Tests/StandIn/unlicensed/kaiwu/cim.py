class CIMOptimizer:
    def __init__(self, task_name, task_mode="quota"):
        pass
