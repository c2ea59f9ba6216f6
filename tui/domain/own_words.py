"""The words the program itself says, and the dates, months and small words around them: what the last net of what is
hidden (`tui.domain.private_words`) lets through wherever it stands.

A word is missing here where it is shown masked though it is the program's; only single words that tell nothing of
anybody belong here.
"""

_WORDS = """
a aa abort about above abschied absolute accent accepted action active activity add added address addresses after
again agenda agent agents ago agree ahead ai aligning alive all allow alone along already also am ambiguous an
ancestry and anniversaire another answer answers any anything apart app application applying apr april are as ascii
ask asked asking asks asleep assume assumed at attached attention au aug august author aware away back background
backlog backslash bad bare be because becomes been before began begins begun behind belongs beside best between bin
birthday bisect bisecting blank block bold both bottom brace branch branches brief brings broken browser build
building built bundle busy by bytes calendar calendars called can cancelled candidate cannot captured card change
changed changes character characters chase cheap check checked cherry choose chooses clean clear cli client clock
close closed closes code colon columns come comes coming command commands commit commits committed committing compare
completes conf config confirmed conflict conflicts content continue control copied copy cost could count counted
counts crosses crossing ctrl cumpleanos current cursor dashboard date dated day days dead dear debt debug dec december
decide decided deck declined deep default delegate delegated delete deleted detached detail details dialog did diff
dim direction dirty display diverged do does done down drop dropped du dumb each earlier early edge edit edited editor
else elsewhere emacs empty encoding end ended ends enough enter entry env equals error esc escape estimate estimated
even every everything everywhere exists extra fa fact facts failed faint faked false far farewell feat feb february
fetch fetched fetching few field file filelock files fill filter finish finished first fit fits five flag focus fold
folder folders folds for foreground forge forget forgets form found free fri friday from further gap geburtstag git
give given gives go goes going gone good got group groups had hand handed happened has have he head heading heads
heard held help here hidden hide hint history hold holds holiday home hour hours how hr http https ics id idea ideas
if ignore ignored impact import in inbox index information init input ins inside install installed instead instruction
interview into invitation is it item items its itself jan january join joins jul july jun june just keep keeping kept
key keys killed kind kitty know known laid land lane lanes last lately later launch launched least leave leaves
leaving ledger left length lengthen less let leverage lies like line lines link linked list listed listen lists little
lock locked log long longer look looked looking looks lost machine made make maker makerhour making manner mar march
mark marked marks match matches maximize may maybe me mean meanwhile meet meeting meetings merge merging message min
mine minimize mins minus minute minutes mo modules mon monday month months more most move moved much must muted my
name names near need needs never new next nfkd no nobody none not note noted notes nothing nov november now nul number
oct october of off offline ok old oldest on once one ones only oof open opened opens operation option optional options
or order organizer other others otherwise our out output outside over overlook own owned owner owns page pagedown
pageup palette pane panel panes park parked partly past path pending per perfecting permissions person pick picking
place placeholder placeholders plain planning plus pm pop prefer press primary print problem program progress proto
prototype prototyped pull push pushed put python question quicker quiet quit quote quotes ran rate rated re reach read
reading real reason rebase rebasing received redo refresh refs rejected remark remembered remind reminders remote
remotes removal remove renamed reopen replace repo repos repositories repository reset resolved resume resumed returns
revert reverting rewrite right room root roots row rows rule rules run safe said same sat saturday save saves say says
screen screenshot scroll scrolled search secondary section see seen selectable selection send sending sends sent sep
september serves session sessions set setting settings settle share shares she shell shelves shift short shorter
should show showing shown shows side sign signal since skip slash slide smallest so socket somebody someone sort
source space spare spawn spent staged stale stand stands start started starts stash stashed stashes state status stay
stays still stop stopped strong submodule submodules subprocess success such suggested suggests sun sunday suspended
switch sync synced syncing syncs system tab table tables tag tags take taken takes talked team teams technique tell
tells tending tentative term terminal text textual than that the their them theme then there these they thing this
those three through thu thursday time timebox title titles tmux to today told toml tomorrow too took tool top touched
trade transparent tree trees triage tried true try tue tuesday turns twice two type ua unborn unclear uncommitted
under undo undone unexpected unfetched unfold unknown unlock unpushed unset until untracked up upstream url urlaub us
usable usage utf uu vacation verdict verdicts verified version visual wait waiting waits warning was watchfiles way we
web wed wednesday week weeks went were wezterm what when whenever where whether which while who whole whom why widget
window with within without words work working workingelsewhere works worktree worth would write writes written wrong
year years yes yesterday yet you your yours za zellij zone zoom zoomed
"""
OWN_WORDS = frozenset(_WORDS.split())
