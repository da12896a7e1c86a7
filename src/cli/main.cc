#include "ormdb/cli.h"

int main(int argc, char** argv) { return ormdb::run_cli(argc, argv); }
