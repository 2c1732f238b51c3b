'terminal\n' 3
'go\ntyped\ngot typed\n' 0
'ready\n^Cint\n' 9
'off\ngot secret\n' 0
'raw\n   a  \\r 003\n' 0
'go\nline\nline\nend\n' 0
os.terminal_size(columns=99, lines=33)
True True True
b'x\r\n\x04'
Input/output error
[0, 0, 0, 0]
