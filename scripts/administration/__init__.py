"""What an administrator sets up from the command line, by the functions of the API."""
