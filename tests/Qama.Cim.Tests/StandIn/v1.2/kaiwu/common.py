class CheckpointManager:
    save_dir = None
