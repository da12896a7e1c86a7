# The command line of an application with models in C++:
#
#     ormdb_add_manage(TARGET HEADER models.h [MODELS blog::models] [SOURCES models.cc …]
#                      [LIBRARIES blog …])
#
# makes the program TARGET, which has every command of ormdb(1) for the models that the function
# MODELS (by default `models`), declared in HEADER, gives as a `const ormdb::Metadata&`. HEADER and
# SOURCES are relative to the current source directory; LIBRARIES are linked to it.
function(ormdb_add_manage target)
  cmake_parse_arguments(PARSE_ARGV 1 manage "" "HEADER;MODELS" "SOURCES;LIBRARIES")
  if(manage_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ormdb_add_manage: unknown arguments ${manage_UNPARSED_ARGUMENTS}; "
                        "it takes HEADER, MODELS, SOURCES and LIBRARIES")
  endif()
  if(NOT manage_HEADER)
    message(FATAL_ERROR "ormdb_add_manage: say in which HEADER the models are declared")
  endif()
  if(NOT manage_MODELS)
    set(manage_MODELS models)
  endif()
  get_filename_component(header ${manage_HEADER} ABSOLUTE)
  set(main ${CMAKE_CURRENT_BINARY_DIR}/${target}_manage.cc)
  file(CONFIGURE OUTPUT ${main} @ONLY CONTENT [[
#include "ormdb/manage.h"

#include "@header@"

int main(int argc, char** argv) { return ormdb::run_cli(argc, argv, @manage_MODELS@()); }
]])
  add_executable(${target} ${main} ${manage_SOURCES})
  target_link_libraries(${target} PRIVATE ${manage_LIBRARIES} ormdb::ormdb)
endfunction()
