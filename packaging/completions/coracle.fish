# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_coracle_global_optspecs
    string join \n config= h/help V/version
end

function __fish_coracle_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_coracle_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_coracle_using_subcommand
    set -l cmd (__fish_coracle_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c coracle -n "__fish_coracle_needs_command" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_needs_command" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_needs_command" -s V -l version -d 'Print version'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "serve" -d 'Run the daemon: on systemd\'s sockets, or in the foreground with --listen'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "check-config" -d 'Check the configuration, and name every mistake with its line'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "doctor" -d 'Check everything that sessions need on this host, and name for each fault the command that fixes it'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "passwd" -d 'Create or change an account of the users file'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "prepare" -d 'Fetch the profiles\' images and make their copies for every range of ids, so that no session waits for them'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "ldap" -d 'Try the company\'s directory, step by step'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "ps" -d 'List the sessions of the running daemon'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "watch" -d 'Look at the terminal of a session, without touching it; its owner is told'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "end" -d 'End a session, or all of them, and wait until nothing of them is left'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "verify" -d 'Check that a recording is what was recorded, to the byte'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "enter-userns" -d 'Open a session\'s terminal from within its user namespace, for the daemon'
complete -c coracle -n "__fish_coracle_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c coracle -n "__fish_coracle_using_subcommand serve" -l listen -d 'Serve in the foreground on this address (127.0.0.1:8080, [::1]:8080, https:127.0.0.1:8443, unix:/path); may be given several times' -r
complete -c coracle -n "__fish_coracle_using_subcommand serve" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand serve" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand check-config" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand check-config" -l json -d 'Print a JSON array of mistakes and warnings instead'
complete -c coracle -n "__fish_coracle_using_subcommand check-config" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand doctor" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand doctor" -l json -d 'Print one JSON document instead of a table'
complete -c coracle -n "__fish_coracle_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand passwd" -l groups -d 'Groups, separated by commas ("" for none); members of `admin` see and end all sessions' -r
complete -c coracle -n "__fish_coracle_using_subcommand passwd" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand passwd" -l disable -d 'Keep the account, let nobody in; open logins are over within a minute'
complete -c coracle -n "__fish_coracle_using_subcommand passwd" -l enable -d 'Let a disabled account in again, with its old password'
complete -c coracle -n "__fish_coracle_using_subcommand passwd" -l remove -d 'Remove the account; one of the same name is a new one later and inherits nothing'
complete -c coracle -n "__fish_coracle_using_subcommand passwd" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand prepare" -l profile -d 'Only the image of this profile' -r
complete -c coracle -n "__fish_coracle_using_subcommand prepare" -l slots -d 'Copies of each image, at most [default: sessions.max]' -r
complete -c coracle -n "__fish_coracle_using_subcommand prepare" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand prepare" -l json -d 'Print a JSON array of what was done instead'
complete -c coracle -n "__fish_coracle_using_subcommand prepare" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and not __fish_seen_subcommand_from test help" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and not __fish_seen_subcommand_from test help" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and not __fish_seen_subcommand_from test help" -f -a "test" -d 'Try the directory of [auth.ldap], with one person\'s login if asked'
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and not __fish_seen_subcommand_from test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and __fish_seen_subcommand_from test" -l user -d 'Whose login to try, as it would be typed' -r
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and __fish_seen_subcommand_from test" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and __fish_seen_subcommand_from test" -l json -d 'Print one JSON document instead'
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and __fish_seen_subcommand_from help" -f -a "test" -d 'Try the directory of [auth.ldap], with one person\'s login if asked'
complete -c coracle -n "__fish_coracle_using_subcommand ldap; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c coracle -n "__fish_coracle_using_subcommand ps" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand ps" -l json -d 'Print a JSON array instead of a table'
complete -c coracle -n "__fish_coracle_using_subcommand ps" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand watch" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand watch" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand end" -l reason -d 'What the people are told' -r -f -a "admin\t'An administrator ended the session'
shutdown\t'The service is shutting down'"
complete -c coracle -n "__fish_coracle_using_subcommand end" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand end" -l all -d 'End every session'
complete -c coracle -n "__fish_coracle_using_subcommand end" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c coracle -n "__fish_coracle_using_subcommand verify" -l head -d 'A hash of this recording from the journal: CORACLE_RECORDING of the session\'s end, or of a record on the way' -r
complete -c coracle -n "__fish_coracle_using_subcommand verify" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand verify" -l json -d 'Print one JSON document instead'
complete -c coracle -n "__fish_coracle_using_subcommand verify" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand enter-userns" -l config -d 'Configuration file [default: /etc/coracle/config.toml for the service and for root, else ~/.config/coracle/config.toml]' -r -F
complete -c coracle -n "__fish_coracle_using_subcommand enter-userns" -s h -l help -d 'Print help'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "serve" -d 'Run the daemon: on systemd\'s sockets, or in the foreground with --listen'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "check-config" -d 'Check the configuration, and name every mistake with its line'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "doctor" -d 'Check everything that sessions need on this host, and name for each fault the command that fixes it'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "passwd" -d 'Create or change an account of the users file'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "prepare" -d 'Fetch the profiles\' images and make their copies for every range of ids, so that no session waits for them'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "ldap" -d 'Try the company\'s directory, step by step'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "ps" -d 'List the sessions of the running daemon'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "watch" -d 'Look at the terminal of a session, without touching it; its owner is told'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "end" -d 'End a session, or all of them, and wait until nothing of them is left'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "verify" -d 'Check that a recording is what was recorded, to the byte'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "enter-userns" -d 'Open a session\'s terminal from within its user namespace, for the daemon'
complete -c coracle -n "__fish_coracle_using_subcommand help; and not __fish_seen_subcommand_from serve check-config doctor passwd prepare ldap ps watch end verify enter-userns help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c coracle -n "__fish_coracle_using_subcommand help; and __fish_seen_subcommand_from ldap" -f -a "test" -d 'Try the directory of [auth.ldap], with one person\'s login if asked'
