('delete',)
(5000, 122500)
(49,) ('ok',)
database is locked
5001
('child',)
('wal',)
(5000, 122500)
(49,) ('ok',)
database is locked
5001
('child',)
('memory',)
(5000, 122500)
(49,) ('ok',)
database is locked
5001
('child',)
('truncate',)
(5000, 122500)
(49,) ('ok',)
database is locked
5001
('child',)
(80,) ['delete.db', 'memory.db', 'truncate.db', 'truncate.db-journal', 'wal.db', 'wal.db-shm', 'wal.db-wal']
status 0
