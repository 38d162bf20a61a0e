def init(user_id, sdk_code):
    assert user_id and sdk_code
