def init(user_id, sdk_code):
    raise RuntimeError("unknown user " + user_id)
