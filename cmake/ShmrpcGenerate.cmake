# shmrpc_generate(TARGET <target> IDLS <file.idl>...
#                 [SIDES CLIENT SERVER] [INCLUDE_DIRS <dir>...] [BASE_DIR <dir>] [OPTIONS <option>...])
#
# Compiles IDL files to C and adds the result to <target>, which is made as a static library when there
# is no target of that name. The target, and what links it, sees the headers: calculator.idl gives
# calculator.h. It is linked with shmrpc::shmrpc.
#
#   SIDES         which stubs to add: CLIENT, SERVER or both (the default)
#   INCLUDE_DIRS  where to look for included IDL files, after the folder of the file itself
#   BASE_DIR      keeps the folders below it: idl/geo/shapes.idl with BASE_DIR idl gives geo/shapes.h
#                 (default: the header has no folder)
#   OPTIONS       further options of shmrpc-idlc, such as -Werror
#
# Works in the project's own tree, with add_subdirectory and from the installed package. The result is
# made anew when one of the IDL files, or one that it includes, or the compiler changes. When cross
# compiling, set SHMRPC_IDLC to a shmrpc-idlc that runs on the building machine.
cmake_policy(VERSION 3.22)

set(SHMRPC_IDLC "" CACHE FILEPATH "The shmrpc-idlc to use instead of the one that belongs to the package")
mark_as_advanced(SHMRPC_IDLC)

# Sets <command> to how the compiler is called and <depends> to what it is made of.
function(_shmrpc_compiler out_command out_depends)
    if(SHMRPC_IDLC)
        set(${out_command} "${SHMRPC_IDLC}" PARENT_SCOPE)
        set(${out_depends} "${SHMRPC_IDLC}" PARENT_SCOPE)
    elseif(TARGET shmrpc::idlc)
        set(${out_command} "$<TARGET_FILE:shmrpc::idlc>" PARENT_SCOPE)
        set(${out_depends} shmrpc::idlc "$<TARGET_FILE:shmrpc::idlc>" PARENT_SCOPE)
    else()
        message(FATAL_ERROR "shmrpc_generate: there is no shmrpc::idlc; set SHMRPC_IDLC to a shmrpc-idlc")
    endif()
endfunction()

# Sets <out> to the C files and the header of one IDL file, below <base> in <folder>.
function(_shmrpc_outputs idl base folder sides out_sources out_header)
    file(RELATIVE_PATH stem "${base}" "${idl}")
    if(stem MATCHES "^\\.\\./")
        message(FATAL_ERROR "shmrpc_generate: ${idl} is not below ${base}")
    endif()
    string(REGEX REPLACE "\\.[pP]?[iI][dD][lL]$" "" stem "${stem}")
    set(sources "${folder}/${stem}_types.c")
    if(CLIENT IN_LIST sides)
        list(APPEND sources "${folder}/${stem}_client.c")
    endif()
    if(SERVER IN_LIST sides)
        list(APPEND sources "${folder}/${stem}_server.c")
    endif()
    set(${out_sources} "${sources}" PARENT_SCOPE)
    set(${out_header} "${folder}/${stem}.h" PARENT_SCOPE)
endfunction()

function(shmrpc_generate)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;BASE_DIR" "IDLS;SIDES;INCLUDE_DIRS;OPTIONS")
    if(NOT arg_TARGET OR NOT arg_IDLS OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "shmrpc_generate(TARGET <target> IDLS <file.idl>... "
            "[SIDES CLIENT SERVER] [INCLUDE_DIRS <dir>...] [BASE_DIR <dir>] [OPTIONS <option>...])")
    endif()
    if(NOT arg_SIDES)
        set(arg_SIDES CLIENT SERVER)
    endif()
    foreach(side IN LISTS arg_SIDES)
        if(NOT side MATCHES "^(CLIENT|SERVER)$")
            message(FATAL_ERROR "shmrpc_generate: SIDES takes CLIENT and SERVER, not ${side}")
        endif()
    endforeach()
    string(TOLOWER "${arg_SIDES}" sides)
    string(REPLACE ";" "," sides "${sides}")
    _shmrpc_compiler(command depends)

    set(include_options "")
    foreach(folder IN LISTS arg_INCLUDE_DIRS)
        get_filename_component(folder "${folder}" ABSOLUTE)
        list(APPEND include_options -I "${folder}")
    endforeach()

    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${arg_TARGET}-idl")
    set(all_sources "")
    set(stamps "")
    foreach(idl IN LISTS arg_IDLS)
        get_filename_component(idl "${idl}" ABSOLUTE)
        get_filename_component(base "${idl}" DIRECTORY)
        if(arg_BASE_DIR)
            get_filename_component(base "${arg_BASE_DIR}" ABSOLUTE)
        endif()
        _shmrpc_outputs("${idl}" "${base}" "${folder}" "${arg_SIDES}" sources header)
        # Outputs that did not change keep their time, so that nothing is compiled for a new comment;
        # the stamp is what is compared with the IDL files.
        add_custom_command(
            OUTPUT "${header}.stamp"
            BYPRODUCTS "${header}" ${sources}
            COMMAND "${command}" "--output=${folder}" "--base-dir=${base}" "--sides=${sides}"
                "--depfile=${header}.d" "--stamp=${header}.stamp" ${include_options}
                ${arg_OPTIONS} "${idl}"
            DEPENDS "${idl}" ${depends}
            DEPFILE "${header}.d"
            COMMENT "shmrpc-idlc ${idl}"
            VERBATIM)
        list(APPEND all_sources ${sources})
        list(APPEND stamps "${header}.stamp")
    endforeach()

    set_source_files_properties(${all_sources} PROPERTIES GENERATED ON)
    if(NOT TARGET ${arg_TARGET})
        add_library(${arg_TARGET} STATIC)
    endif()
    # One for each call: a target may be given more than once.
    set(generate ${arg_TARGET}-generate)
    set(number 1)
    while(TARGET ${generate})
        math(EXPR number "${number} + 1")
        set(generate ${arg_TARGET}-generate-${number})
    endwhile()
    add_custom_target(${generate} DEPENDS ${stamps})
    add_dependencies(${arg_TARGET} ${generate})
    target_sources(${arg_TARGET} PRIVATE ${all_sources})
    target_include_directories(${arg_TARGET} PUBLIC "$<BUILD_INTERFACE:${folder}>")
    target_compile_features(${arg_TARGET} PUBLIC c_std_11)
    target_link_libraries(${arg_TARGET} PUBLIC shmrpc::shmrpc)
endfunction()
