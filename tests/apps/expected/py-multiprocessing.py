fork [0, 1, 4, 9, 16, 25, 36, 49, 64, 81] 49
('done', 100000) bye
500 1 [0, 0, 0, 0]
aborted -6
terminated -15
spawn [0, 1, 4, 9, 16, 25, 36, 49, 64, 81] 49
('done', 100000) bye
500 1 [0, 0, 0, 0]
aborted -6
terminated -15
forkserver [0, 1, 4, 9, 16, 25, 36, 49, 64, 81] 49
('done', 100000) bye
500 1 [0, 0, 0, 0]
aborted -6
terminated -15
b'hello'
False True True False
{'k': 1}
status 0
