# What `cmake --install` puts where: the program with its manual and completions, and the library as
# the CMake package `ormdb` (find_package(ormdb) gives ormdb::ormdb and ormdb_add_manage()).
include(CMakePackageConfigHelpers)

set(ormdb_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ormdb)
install(TARGETS ormdb_library EXPORT ormdbTargets
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT ormdbTargets NAMESPACE ormdb:: DESTINATION ${ormdb_package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ormdb DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/man/ormdb.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/man/ormdb.yaml.5 ${PROJECT_SOURCE_DIR}/man/ormdb-models.5
              ${PROJECT_SOURCE_DIR}/man/ormdb-script.5
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${PROJECT_SOURCE_DIR}/man/ormdb-orm.7 DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)

# A shared library brings what it needs along; a static one leaves that to its user's link.
set(ormdb_dependencies "")
if(NOT BUILD_SHARED_LIBS)
  set(ormdb_dependencies "find_dependency(SQLite3)\nfind_dependency(yaml-cpp)\n")
  if(ORMDB_LINK_LIBPQ)
    string(APPEND ormdb_dependencies "find_dependency(PostgreSQL)\n")
  endif()
endif()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/ormdbConfig.cmake @ONLY CONTENT
"include(CMakeFindDependencyMacro)
@ormdb_dependencies@include(\${CMAKE_CURRENT_LIST_DIR}/ormdbTargets.cmake)
include(\${CMAKE_CURRENT_LIST_DIR}/ormdbAddManage.cmake)
")
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ormdbConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ormdbConfig.cmake ${PROJECT_BINARY_DIR}/ormdbConfigVersion.cmake
        DESTINATION ${ormdb_package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/src/add_manage.cmake DESTINATION ${ormdb_package_dir}
        RENAME ormdbAddManage.cmake)

if(TARGET ormdb)
  install(TARGETS ormdb RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  # The program knows its own commands, so it writes its completions itself.
  set(ormdb_completions "")
  foreach(shell IN ITEMS bash zsh fish)
    set(file ${PROJECT_BINARY_DIR}/completions/ormdb.${shell})
    add_custom_command(OUTPUT ${file} DEPENDS ormdb
                       COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/completions
                       COMMAND ormdb completion ${shell} > ${file} VERBATIM)
    list(APPEND ormdb_completions ${file})
  endforeach()
  if(NOT CMAKE_CROSSCOMPILING)
    add_custom_target(ormdb_completions ALL DEPENDS ${ormdb_completions})
    install(FILES ${PROJECT_BINARY_DIR}/completions/ormdb.bash RENAME ormdb
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${PROJECT_BINARY_DIR}/completions/ormdb.zsh RENAME _ormdb
            DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${PROJECT_BINARY_DIR}/completions/ormdb.fish
            DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endif()
endif()
