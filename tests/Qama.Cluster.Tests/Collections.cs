// Silos are probed: tests side by side would keep each other's waiting until they are taken for dead.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
