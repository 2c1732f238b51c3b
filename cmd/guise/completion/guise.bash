# Completion of guise(1) for bash.
#
# Verbs and options come from the command's own help, so they cannot differ from
# what it takes.  After the options of run and try comes a command of its own.

# The options that VERB's help shows, one a line; those that want a value end
# in "=" or " ".
_guise_options()
{
	"$1" "$2" --help 2>/dev/null | sed -n 's/^ \{1,6\}\(-.*\)/\1/p' |
	    sed 's/  .*//' | tr ',' '\n' | sed 's/^ *//; s/[[ =].*//' |
	    grep -E '^--?[a-zA-Z]' | sort -u
}

_guise_verbs()
{
	"$1" --help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p'
}

# What the option before the cursor wants; false: nothing that we know.
_guise_value()
{
	case $1 in
	--rootfs|--upper)
		compopt -o dirnames 2>/dev/null
		COMPREPLY=($(compgen -d -- "$2")) ;;
	--env-file|--output|--devfs-ruleset|-o)
		compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen -f -- "$2")) ;;
	-v|--volume|--device)
		compopt -o filenames -o nospace 2>/dev/null
		COMPREPLY=($(compgen -f -- "$2")) ;;
	-e|--env)
		COMPREPLY=($(compgen -v -- "$2")) ;;
	-u|--user)
		COMPREPLY=($(compgen -u -- "$2")) ;;
	--abi)
		COMPREPLY=($(compgen -W 'linux64 linux32 freebsd64' -- "$2")) ;;
	--mount)
		COMPREPLY=($(compgen -W 'type=bind,source= type=tmpfs,target=' \
		    -- "$2"))
		compopt -o nospace 2>/dev/null ;;
	--ulimit)
		COMPREPLY=($(compgen -W 'as= core= cpu= data= fsize= memlock=
		    nofile= nproc= stack=' -- "$2"))
		compopt -o nospace 2>/dev/null ;;
	-w|--workdir|--hostname|--memory|--tmpfs|--entrypoint|--name)
		COMPREPLY=() ;;
	*)
		return 1 ;;
	esac
	return 0
}

_guise()
{
	local guise=${COMP_WORDS[0]} verb=${COMP_WORDS[1]}
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local i

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W "$(_guise_verbs "$guise") --help \
		    --version" -- "$cur"))
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		if [ "${COMP_WORDS[i]}" = -- ]; then
			if [ $((i + 1)) -eq "$COMP_CWORD" ]; then
				COMPREPLY=($(compgen -c -- "$cur"))
			else
				compopt -o default 2>/dev/null
			fi
			return
		fi
	done
	_guise_value "$prev" "$cur" && return
	if [ "${cur#-}" != "$cur" ]; then
		COMPREPLY=($(compgen -W "$(_guise_options "$guise" "$verb")" \
		    -- "$cur"))
		return
	fi
	case $verb in
	run|try)
		COMPREPLY=($(compgen -c -- "$cur")) ;;
	*)
		compopt -o default 2>/dev/null ;;
	esac
}

complete -F _guise guise
