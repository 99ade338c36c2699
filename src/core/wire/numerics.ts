/**
 * The three-digit replies, by the names everybody uses. The comment behind each says what follows the receiver's name,
 * which is always the first parameter; the last one is text for people. In `<…>` is what varies, `…` may repeat.
 *
 * Sources: RFC 2812 §5, https://modern.ircdocs.horse/#numerics, https://defs.ircdocs.horse/defs/numerics
 */

// ------------------------------------------------------------------------------------------------- Welcome

export const RPL_WELCOME = '001'; // :Welcome to the <network> network, <nick>[!<user>@<host>]
export const RPL_YOURHOST = '002'; // :Your host is <server>, running version <version>
export const RPL_CREATED = '003'; // :This server was created <time>
export const RPL_MYINFO = '004'; // <server> <version> <user modes> <room modes> [<room modes with a parameter>]
export const RPL_ISUPPORT = '005'; // <token>… :are supported by this server
export const RPL_BOUNCE = '010'; // <host> <port> :Please use this server instead
export const RPL_STATSCOMMANDS = '212'; // <command> <count> [<bytes> <remote count>]
export const RPL_ENDOFSTATS = '219'; // <letter> :End of STATS report
export const RPL_UMODEIS = '221'; // <user modes>
export const RPL_STATSUPTIME = '242'; // :Server up <days> days <h>:<mm>:<ss>
export const RPL_LUSERCLIENT = '251'; // :There are <n> users and <n> invisible on <n> servers
export const RPL_LUSEROP = '252'; // <n> :operator(s) online
export const RPL_LUSERUNKNOWN = '253'; // <n> :unknown connection(s)
export const RPL_LUSERCHANNELS = '254'; // <n> :channels formed
export const RPL_LUSERME = '255'; // :I have <n> clients and <n> servers
export const RPL_ADMINME = '256'; // [<server>] :Administrative info
export const RPL_ADMINLOC1 = '257'; // :<where it stands>
export const RPL_ADMINLOC2 = '258'; // :<whose it is>
export const RPL_ADMINEMAIL = '259'; // :<how to reach them>
export const RPL_TRYAGAIN = '263'; // <command> :Please wait a while and try again.
export const RPL_LOCALUSERS = '265'; // [<n> <most>] :Current local users <n>, max <most>
export const RPL_GLOBALUSERS = '266'; // [<n> <most>] :Current global users <n>, max <most>
export const RPL_WHOISCERTFP = '276'; // <nick> :has client certificate fingerprint <hex>

// ---------------------------------------------------------------------------- People: away, whois, who, ison

export const RPL_NONE = '300'; // means nothing; some servers answer with it
export const RPL_AWAY = '301'; // <nick> :<away text>
export const RPL_USERHOST = '302'; // :[<nick>[*]=<+|-><user>@<host>]…
export const RPL_ISON = '303'; // :[<nick>]…
export const RPL_UNAWAY = '305'; // :You are no longer marked as being away
export const RPL_NOWAWAY = '306'; // :You have been marked as being away
export const RPL_WHOISREGNICK = '307'; // <nick> :has identified for this nick
export const RPL_WHOISUSER = '311'; // <nick> <user> <host> * :<real name>
export const RPL_WHOISSERVER = '312'; // <nick> <server> :<server info>
export const RPL_WHOISOPERATOR = '313'; // <nick> :is an IRC operator
export const RPL_WHOWASUSER = '314'; // <nick> <user> <host> * :<real name>
export const RPL_ENDOFWHO = '315'; // <mask> :End of WHO list
export const RPL_WHOISIDLE = '317'; // <nick> <seconds> [<signon, seconds since 1970>] :seconds idle, signon time
export const RPL_ENDOFWHOIS = '318'; // <nick> :End of /WHOIS list
export const RPL_WHOISCHANNELS = '319'; // <nick> :[<prefix>]<room>…
export const RPL_WHOISSPECIAL = '320'; // <nick> :<anything>
export const RPL_WHOISACCOUNT = '330'; // <nick> <account> :is logged in as
export const RPL_WHOISBOT = '335'; // <nick> :is a bot (IRCv3 bot-mode)
export const RPL_WHOISACTUALLY = '338'; // <nick> [<user>@<host>] [<ip>] :Is actually using host
export const RPL_WHOREPLY = '352'; // <room> <user> <host> <server> <nick> <H|G>[*][<prefixes>] :<hops> <real name>
export const RPL_WHOSPCRPL = '354'; // <the fields asked for, in the order of WHOX>
export const RPL_ENDOFWHOWAS = '369'; // <nick> :End of WHOWAS
export const RPL_WHOISHOST = '378'; // <nick> :is connecting from <user>@<host> <ip>
export const RPL_WHOISMODES = '379'; // <nick> :is using modes <user modes>
export const RPL_WHOISSECURE = '671'; // <nick> :is using a secure connection

// --------------------------------------------------------------------------------------------------- Rooms

export const RPL_LISTSTART = '321'; // Channel :Users  Name
export const RPL_LIST = '322'; // <room> <people> :<topic>
export const RPL_LISTEND = '323'; // :End of LIST
export const RPL_CHANNELMODEIS = '324'; // <room> <modes> [<parameter>]…
export const RPL_CREATIONTIME = '329'; // <room> <seconds since 1970>
export const RPL_NOTOPIC = '331'; // <room> :No topic is set
export const RPL_TOPIC = '332'; // <room> :<topic>
export const RPL_TOPICWHOTIME = '333'; // <room> <nick[!user@host]> <seconds since 1970>
export const RPL_INVITELIST = '336'; // <room>: a room one is invited to (INVITE without parameters)
export const RPL_ENDOFINVITELIST = '337'; // :End of /INVITE list
export const RPL_INVITING = '341'; // <nick> <room>
export const RPL_INVEXLIST = '346'; // <room> <mask> [<who> <seconds since 1970>]
export const RPL_ENDOFINVEXLIST = '347'; // <room> :End of channel invite exception list
export const RPL_EXCEPTLIST = '348'; // <room> <mask> [<who> <seconds since 1970>]
export const RPL_ENDOFEXCEPTLIST = '349'; // <room> :End of channel exception list
export const RPL_NAMREPLY = '353'; // <=|*|@> <room> :[<prefixes>]<nick>…
export const RPL_ENDOFNAMES = '366'; // <room> :End of /NAMES list
export const RPL_BANLIST = '367'; // <room> <mask> [<who> <seconds since 1970>]
export const RPL_ENDOFBANLIST = '368'; // <room> :End of channel ban list

// -------------------------------------------------------------------------------------------------- Server

export const RPL_VERSION = '351'; // <version> <server> :<comments>
export const RPL_LINKS = '364'; // <server> <uplink> :<hops> <server info>
export const RPL_ENDOFLINKS = '365'; // <mask> :End of /LINKS list
export const RPL_INFO = '371'; // :<line>
export const RPL_MOTD = '372'; // :<line>
export const RPL_ENDOFINFO = '374'; // :End of INFO list
export const RPL_MOTDSTART = '375'; // :- <server> Message of the day -
export const RPL_ENDOFMOTD = '376'; // :End of /MOTD command.
export const RPL_YOUREOPER = '381'; // :You are now an IRC operator
export const RPL_REHASHING = '382'; // <file> :Rehashing
export const RPL_TIME = '391'; // <server> [<seconds since 1970> [<offset>]] :<time for people>
export const RPL_VISIBLEHOST = '396'; // <host> :is now your displayed host

// --------------------------------------------------------------------------------------------------- Faults

export const ERR_UNKNOWNERROR = '400'; // <command> [<subcommand>…] :<what went wrong>
export const ERR_NOSUCHNICK = '401'; // <nick> :No such nick/channel
export const ERR_NOSUCHSERVER = '402'; // <server> :No such server
export const ERR_NOSUCHCHANNEL = '403'; // <room> :No such channel
export const ERR_CANNOTSENDTOCHAN = '404'; // <room> :Cannot send to channel
export const ERR_TOOMANYCHANNELS = '405'; // <room> :You have joined too many channels
export const ERR_WASNOSUCHNICK = '406'; // <nick> :There was no such nickname
export const ERR_TOOMANYTARGETS = '407'; // <target> :Too many recipients
export const ERR_NOORIGIN = '409'; // :No origin specified
export const ERR_INVALIDCAPCMD = '410'; // <subcommand> :Invalid CAP command
export const ERR_NORECIPIENT = '411'; // :No recipient given (<command>)
export const ERR_NOTEXTTOSEND = '412'; // :No text to send
export const ERR_INPUTTOOLONG = '417'; // :Input line was too long
export const ERR_UNKNOWNCOMMAND = '421'; // <command> :Unknown command
export const ERR_NOMOTD = '422'; // :MOTD File is missing
export const ERR_NONICKNAMEGIVEN = '431'; // :No nickname given
export const ERR_ERRONEUSNICKNAME = '432'; // <nick> :Erroneous nickname (the name is misspelt everywhere)
export const ERR_NICKNAMEINUSE = '433'; // <nick> :Nickname is already in use
export const ERR_NICKCOLLISION = '436'; // <nick> :Nickname collision KILL from <user>@<host>
export const ERR_UNAVAILRESOURCE = '437'; // <nick or room> :Nick/channel is temporarily unavailable
export const ERR_USERNOTINCHANNEL = '441'; // <nick> <room> :They aren't on that channel
export const ERR_NOTONCHANNEL = '442'; // <room> :You're not on that channel
export const ERR_USERONCHANNEL = '443'; // <nick> <room> :is already on channel
export const ERR_NONICKCHANGE = '447'; // :Cannot change nickname while on <room>
export const ERR_NOTREGISTERED = '451'; // :You have not registered
export const ERR_NEEDMOREPARAMS = '461'; // <command> :Not enough parameters
export const ERR_ALREADYREGISTERED = '462'; // :You may not reregister
export const ERR_PASSWDMISMATCH = '464'; // :Password incorrect
export const ERR_YOUREBANNEDCREEP = '465'; // :You are banned from this server
export const ERR_INVALIDUSERNAME = '468'; // :Your username is not valid
export const ERR_LINKCHANNEL = '470'; // <room> <other room> :Forwarding to another channel
export const ERR_CHANNELISFULL = '471'; // <room> :Cannot join channel (+l)
export const ERR_UNKNOWNMODE = '472'; // <letter> :is unknown mode char to me
export const ERR_INVITEONLYCHAN = '473'; // <room> :Cannot join channel (+i)
export const ERR_BANNEDFROMCHAN = '474'; // <room> :Cannot join channel (+b)
export const ERR_BADCHANNELKEY = '475'; // <room> :Cannot join channel (+k)
export const ERR_BADCHANMASK = '476'; // <room> :Bad Channel Mask
export const ERR_NEEDREGGEDNICK = '477'; // <room> :Cannot join channel (+r), log in first
export const ERR_BANLISTFULL = '478'; // <room> <mask> :Channel list is full
export const ERR_NOPRIVILEGES = '481'; // :Permission Denied- You're not an IRC operator
export const ERR_CHANOPRIVSNEEDED = '482'; // <room> :You're not channel operator
export const ERR_CANTKILLSERVER = '483'; // :You cant kill a server!
export const ERR_RESTRICTED = '484'; // :Your connection is restricted!
export const ERR_NOOPERHOST = '491'; // :No O-lines for your host
export const ERR_UMODEUNKNOWNFLAG = '501'; // :Unknown MODE flag
export const ERR_USERSDONTMATCH = '502'; // :Cant change mode for other users
export const ERR_HELPNOTFOUND = '524'; // <subject> :No help available on this topic
export const ERR_INVALIDKEY = '525'; // <room> :Key is not well-formed
export const ERR_CANTSENDTOUSER = '531'; // <nick> :You cannot send messages to this user
export const ERR_STARTTLS = '691'; // :STARTTLS failed
export const ERR_INVALIDMODEPARAM = '696'; // <room or nick> <letter> <parameter> :<why it is not good>
export const ERR_LISTMODEALREADYSET = '697'; // <room> <mask> <letter> :is already in the list
export const ERR_LISTMODENOTSET = '698'; // <room> <mask> <letter> :is not in the list
export const ERR_NOPRIVS = '723'; // <privilege> :Insufficient oper privileges.

// ---------------------------------------------------------------------------------------------------- Help

export const RPL_HELPSTART = '704'; // <subject> :<first line>
export const RPL_HELPTXT = '705'; // <subject> :<line>
export const RPL_ENDOFHELP = '706'; // <subject> :<last line>

// ------------------------------------------------------------------------ Knocking, quiets (asked for by name)

export const RPL_KNOCK = '710'; // <room> <nick!user@host> :has asked for an invite.
export const RPL_KNOCKDLVR = '711'; // <room> :Your KNOCK has been delivered.
export const ERR_TOOMANYKNOCK = '712'; // <room> :Too many KNOCKs
export const ERR_CHANOPEN = '713'; // <room> :Channel is open.
export const ERR_KNOCKONCHAN = '714'; // <room> :You are already on that channel.
export const RPL_QUIETLIST = '728'; // <room> q <mask> <who> <seconds since 1970>
export const RPL_ENDOFQUIETLIST = '729'; // <room> q :End of channel quiet list

// ------------------------------------------------------------------------------ Monitor (IRCv3 monitor)

export const RPL_MONONLINE = '730'; // :<nick!user@host>[,<nick!user@host>]…
export const RPL_MONOFFLINE = '731'; // :<nick>[,<nick>]…
export const RPL_MONLIST = '732'; // :<nick>[,<nick>]…
export const RPL_ENDOFMONLIST = '733'; // :End of MONITOR list
export const ERR_MONLISTFULL = '734'; // <limit> <nick>[,<nick>]… :Monitor list is full.

// ------------------------------------------------------------------------------------ Logging in (IRCv3 sasl)

export const RPL_WHOISKEYVALUE = '760'; // <nick> <key> <visibility> :<value>
export const RPL_KEYVALUE = '761'; // <target> <key> <visibility> :<value>
export const RPL_KEYNOTSET = '766'; // <target> <key> :no matching key
export const RPL_METADATASUBOK = '770'; // <key>…
export const RPL_METADATAUNSUBOK = '771'; // <key>…
export const RPL_METADATASUBS = '772'; // <key>…
export const RPL_METADATASYNCLATER = '774'; // <target> [<seconds>]

export const RPL_LOGGEDIN = '900'; // <nick!user@host> <account> :You are now logged in as <account>
export const RPL_LOGGEDOUT = '901'; // <nick!user@host> :You are now logged out
export const ERR_NICKLOCKED = '902'; // :You must use a nick assigned to you
export const RPL_SASLSUCCESS = '903'; // :SASL authentication successful
export const ERR_SASLFAIL = '904'; // :SASL authentication failed
export const ERR_SASLTOOLONG = '905'; // :SASL message too long
export const ERR_SASLABORTED = '906'; // :SASL authentication aborted
export const ERR_SASLALREADY = '907'; // :You have already authenticated using SASL
export const RPL_SASLMECHS = '908'; // <mechanism>[,<mechanism>]… :are available SASL mechanisms
