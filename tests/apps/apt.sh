# apt and dpkg read their data base; nothing here needs a network.
apt list --installed 2>/dev/null | sed 's/\/.*//' | grep -xE 'bash|coreutils|git|nodejs'
[ "$(apt list --installed 2>/dev/null | grep -c /)" = "$(dpkg-query -W | wc -l)" ] && echo same count
dpkg -s bash | grep -E '^(Package|Status|Essential)'
dpkg -S /bin/bash
dpkg -L bash | grep -x /bin/bash
dpkg-query -W -f '${Package} ${Status}\n' dash
dpkg --print-architecture
apt-cache show bash 2>/dev/null | head -n 1
apt-cache policy coreutils | head -n 1
apt-config dump | grep -c '^Dir '
dpkg -l nosuch 2>/dev/null
echo $?
dpkg --compare-versions 1.2 lt 1.10 && echo older
apt-get -s remove sqlite3 2>/dev/null | grep -c '^Remv sqlite3'
dpkg --verify bash | grep -v /usr/share/
apt-mark showmanual | grep -cx git
