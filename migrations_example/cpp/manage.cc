// The blog's own command line: `manage migrate -m "…"` compares with the models in C++.
#include "ormdb/manage.h"

#include "models.h"

int main(int argc, char** argv) { return ormdb::run_cli(argc, argv, blog::models()); }
