# Writes what runs Python modules as C++: cmake -DPYTHON=modules/python
# -DTO=python_library.cpp -P this. It is one Python program, with the library in
# front of it.
file(GLOB_RECURSE files RELATIVE ${PYTHON} ${PYTHON}/ansible/*.py)
list(SORT files)
set(library "LIBRARY = {\n")
foreach(file ${files})
  file(READ ${PYTHON}/${file} content)
  if(content MATCHES "'''")
    message(FATAL_ERROR "${file} has ''' in it, between which it is put")
  endif()
  string(APPEND library "    \"${file}\": r'''${content}''',\n")
endforeach()
string(APPEND library "}\n")
file(READ ${PYTHON}/run_module.py program)
set(text "#include \"modules/support/commands/python_library.hpp\"\n\nnamespace troupe {\n\nstd::string_view python_library() {\n  return R\"~py~(${library}\n${program})~py~\";\n}\n\n} // namespace troupe\n")
file(WRITE ${TO} "${text}")
