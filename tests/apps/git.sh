# git: a life of a small repository.
git config --global user.name Tester
git config --global user.email tester@example.org
git config --global init.defaultBranch main
git config --global advice.detachedHead false
GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
git init -q r && cd r || exit 1
i=0
while [ $i -lt 30 ]; do
	echo "file $i" >f$i
	mkdir -p d$((i % 3))
	echo "$i" >d$((i % 3))/g$i
	i=$((i + 1))
done
git add .
git commit -q -m first
git rev-parse HEAD
git status --short
git ls-files | wc -l
echo change >>f1
rm f2
echo new >n
git status --short
git diff --stat
git diff f1 | tail -n +5
git add -A
git commit -q -m second
git log --oneline
git show --stat HEAD | tail -n 4
git checkout -q -b side HEAD~1
echo side >s
echo other >>f3
git add -A
git commit -q -m side
git branch -v
git checkout -q main
git merge -q -m merged side
git log --graph --oneline --all
git rev-parse HEAD
git checkout -q -b clash
echo ours >f5
git commit -qam ours
git checkout -q main
echo theirs >f5
git commit -qam theirs
git merge clash
git status --short | head -n 3
cat f5
echo resolved >f5
git commit -qam resolved
git rev-parse 'HEAD^{tree}'
git stash list
echo wip >>f4
git stash -q
git stash pop -q
git diff --name-only
git checkout -q f4
git tag -a v1 -m one
git describe
git blame f1 | cut -c1-8,60- | wc -l
git grep -n 'file 7'
git log --format='%an %s' -n 2
cd ..
git clone -q r c 2>&1
cd c
git log --oneline | wc -l
git fsck --full
echo fsck $?
echo up >up
git add up
git commit -q -m up
git push -q origin HEAD:refs/heads/up
git -C ../r branch --list up
git clone -q --bare . ../b.git
git clone -q --depth 1 file://$PWD/../b.git ../shallow
git -C ../shallow log --oneline | wc -l
git gc -q
git count-objects -v | grep -E '^(count|in-pack|packs)'
git repack -q -a -d -f --threads=2
git verify-pack .git/objects/pack/*.idx && echo packed
git rebase -q HEAD~1
git cherry-pick --no-commit HEAD~1 >/dev/null 2>&1
git reset -q --hard
git bisect start -q HEAD HEAD~2 >/dev/null 2>&1
git bisect reset -q >/dev/null 2>&1
git archive --format=tar HEAD | tar -t | wc -l
git worktree add -q ../wt side
ls ../wt | wc -l
git -C ../wt rev-parse --abbrev-ref HEAD
printf '#!/bin/sh\necho hook ran\nexit 1\n' >.git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
echo z >z
git add z
git commit -q -m refused
echo $?
git format-patch -q -1 --stdout HEAD | tail -n +4 | head -n 3
git config --get user.name
git hash-object -w --stdin </dev/null
git fsck --connectivity-only
echo $?
git daemon --version >/dev/null 2>&1
git nosuchverb 2>/dev/null
echo $?
git clone -q nowhere x 2>/dev/null
echo $?
