raise OSError("libcim.so: cannot open shared object file")
