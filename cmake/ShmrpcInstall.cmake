# Install rules: library, compiler, headers, the CMake package, the pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(SHMRPC_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/shmrpc"
    CACHE STRING "Where the CMake package goes, below the prefix")

# The library and the compiler are what another project imports. The other programs install
# themselves, with their manual pages, where they are built.
set_target_properties(shmrpc-idlc PROPERTIES EXPORT_NAME idlc)
install(TARGETS shmrpc shmrpc-idlc EXPORT shmrpcTargets
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
file(GLOB shmrpc_idlc_pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/codegen/*.1")
install(FILES ${shmrpc_idlc_pages} DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/rpc/include/" "${PROJECT_SOURCE_DIR}/runtime/include/"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")

install(EXPORT shmrpcTargets NAMESPACE shmrpc:: DESTINATION "${SHMRPC_INSTALL_CMAKEDIR}")
configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/shmrpcConfig.cmake.in" "${PROJECT_BINARY_DIR}/shmrpcConfig.cmake"
    INSTALL_DESTINATION "${SHMRPC_INSTALL_CMAKEDIR}")
# Before 1.0 a minor version may break.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/shmrpcConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/shmrpcConfig.cmake" "${PROJECT_BINARY_DIR}/shmrpcConfigVersion.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/ShmrpcGenerate.cmake"
    DESTINATION "${SHMRPC_INSTALL_CMAKEDIR}")

# The prefix is found from where the .pc file lies, so that the installed tree can be moved.
set(shmrpc_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(shmrpc_pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
    file(RELATIVE_PATH shmrpc_pc_up "/prefix/${shmrpc_pc_dir}" "/prefix")
    string(REGEX REPLACE "/$" "" shmrpc_pc_up "${shmrpc_pc_up}")
    set(shmrpc_pc_prefix "\${pcfiledir}/${shmrpc_pc_up}")
endif()
foreach(kind BINDIR LIBDIR INCLUDEDIR)
    if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
        set(shmrpc_pc_${kind} "${CMAKE_INSTALL_${kind}}")
    else()
        set(shmrpc_pc_${kind} "\${prefix}/${CMAKE_INSTALL_${kind}}")
    endif()
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/shmrpc.pc.in" "${PROJECT_BINARY_DIR}/shmrpc.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/shmrpc.pc" DESTINATION "${shmrpc_pc_dir}")
