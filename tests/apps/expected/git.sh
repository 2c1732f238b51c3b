a3da68806d77e9abd27f2b4080387e604f81ed9b
60
 M f1
 D f2
?? n
 f1 | 1 +
 f2 | 1 -
 2 files changed, 1 insertion(+), 1 deletion(-)
@@ -1 +1,2 @@
 file 1
+change
ee99c05 second
a3da688 first
 f1 | 1 +
 f2 | 1 -
 n  | 1 +
 3 files changed, 2 insertions(+), 1 deletion(-)
  main ee99c05 second
* side e8ae802 side
*   02189ad merged
|\  
| * e8ae802 side
* | ee99c05 second
|/  
* a3da688 first
02189ad146f8c8727a7b82e363e13ea023cd50e0
Auto-merging f5
CONFLICT (content): Merge conflict in f5
Automatic merge failed; fix conflicts and then commit the result.
UU f5
<<<<<<< HEAD
theirs
=======
ours
>>>>>>> clash
e3e848b484176f34c7326eb82d1fe6175afdefa2
f4
v1
2
f7:1:file 7
Tester resolved
Tester theirs
7
dangling tree c98ea2170df4e31bc0cd0b973e7877bd079399f8
dangling commit f3c66b94760d11df8d26cbd4b125fa120ca14b3a
fsck 0
  up
1
count: 6
in-pack: 88
packs: 1
packed
65
34
side
hook ran
1
Subject: [PATCH] up

---
Tester
e69de29bb2d1d6434b8b29ae775ad8c2e48c5391
dangling tree c98ea2170df4e31bc0cd0b973e7877bd079399f8
dangling blob e69de29bb2d1d6434b8b29ae775ad8c2e48c5391
dangling commit f3c66b94760d11df8d26cbd4b125fa120ca14b3a
0
1
128
status 0
