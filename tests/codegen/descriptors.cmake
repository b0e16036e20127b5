# cmake -DOUTPUT=FILE -DHEADERS=a.h;b.h -P descriptors.cmake: what is included and listed to look at
# every descriptor of some generated headers.
set(text "")
set(type "")
set(interface "")
foreach(header IN LISTS HEADERS)
    get_filename_component(name "${header}" NAME)
    string(APPEND text "#include \"${name}\"\n")
    foreach(kind type interface)
        file(STRINGS "${header}" lines REGEX "^extern const shmrpc_${kind}_descriptor ")
        foreach(line IN LISTS lines)
            string(REGEX REPLACE ".* ([A-Za-z0-9_]+);.*" "X(\\1)" row "${line}")
            list(APPEND ${kind} "${row}")
        endforeach()
    endforeach()
endforeach()
list(JOIN type " \\\n    " type)
list(JOIN interface " \\\n    " interface)
file(WRITE "${OUTPUT}" "${text}
#define TYPE_DESCRIPTORS(X) \\\n    ${type}
#define INTERFACE_DESCRIPTORS(X) \\\n    ${interface}\n")
