"""The telling words of a title: what is left of it without the words every title has, in one form whatever its ending.

Pure. Accents and case are folded; endings are taken off in a way that suits English, German, Dutch and the Romance
languages well enough to find `caps` in `cap` and `price` in `pricing`, not to print. Chinese and Japanese, written
without spaces, become overlapping pairs of characters. What is made of two titles' words is `slide`.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONGEST = 300
"""Characters of a title that are looked at."""

_WORD = re.compile(r"[^\W_]+(?:['’\-‐‑][^\W_]+)*")
_APART = re.compile(r"['’]")
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA, _KATAKANA, _HANGUL = r"\u3041-\u309f", r"\u30a0-\u30ff", r"\uac00-\ud7a3"
_RUNS = re.compile(rf"[{_HAN}]+|[{_HIRAGANA}]+|[{_KATAKANA}]+|[{_HANGUL}]+|[^{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}]+")
"""Stretches of one script."""
_PARTICLES = "을를이가은는의에도와과로"
_PERIOD = re.compile(r"(?:q[1-4]|h[12]|(?:kw|cw|w|wk|week|s|sprint)\d{1,2}|fy\d{2,4}|(?:19|20)\d\d|\d{1,2}|v\d)")
_VOWELS = frozenset("aeiou")


class Told(NamedTuple):
    """The telling words of a title in its order."""

    words: tuple[str, ...]
    joined: tuple[bool, ...]
    """For each word whether it shares a character with the one before: pairs out of one run without spaces."""


@lru_cache(maxsize=16_384)
def telling_words(title: str) -> Told:
    """The telling words of `title`. Never fails, whatever the text."""
    words: list[str] = []
    joined: list[bool] = []
    for word, goes_on in _told(_folded(title[:LONGEST])):
        words.append(word)
        joined.append(goes_on)
    return Told(tuple(words), tuple(joined))


def plain_title(title: str) -> str:
    """`title` folded, its words with one space between them: two that are the same to a reader are equal."""
    return " ".join(_WORD.findall(_folded(title[:LONGEST])))


def _folded(text: str) -> str:
    """Without case, accents and other marks; compatibility forms (full width, ligatures) as their plain ones."""
    if text.isascii():
        return text.lower()
    # Decomposed first: `casefold` of some capitals leaves a mark behind. Composed again for Korean's syllables.
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(char)[0] != "M"
    )
    return unicodedata.normalize("NFC", plain).casefold()


def _told(text: str) -> Iterator[tuple[str, bool]]:
    for phrase in _CJK_USUAL:
        text = text.replace(phrase, " ")
    for found in _WORD.findall(text):
        for piece in _pieces(found):
            if piece.isascii():
                if not _is_usual(piece):
                    yield stem(piece), False
            else:
                yield from _of_script(piece)


def _pieces(found: str) -> Iterator[str]:
    """The words in what stands between spaces: `l'equipe`, `board's`, `double-entry`, `e-mail`."""
    *heads, last = _APART.split(found)
    whole = (last if all(len(head) <= 2 or head in _ELIDED for head in heads) else "".join((*heads, last))).strip("-‐‑")
    parts = [part for part in re.split(r"[\-‐‑]", whole) if part]
    if len(parts) > 1 and any(len(part) < 3 or part in _USUAL for part in parts):
        yield "".join(parts)
    else:
        yield from parts


def _is_usual(word: str) -> bool:
    return len(word) < 2 or word in _USUAL or bool(_PERIOD.fullmatch(word)) or stem(word) in _MEETING_STEMS


def _of_script(piece: str) -> Iterator[tuple[str, bool]]:
    for run in _RUNS.findall(piece):
        first = run[0]
        if "\u3041" <= first <= "\u309f":
            continue  # hiragana: endings and particles
        if "\uac00" <= first <= "\ud7a3":
            word = run[:-1] if len(run) > 2 and run[-1] in _PARTICLES else run
            if len(word) > 1 and word not in _USUAL:
                yield word, False
        elif "\u30a0" <= first <= "\u30ff" or not _is_han(first):
            if not _is_usual(run):
                yield stem(run), False
        else:
            for place in range(len(run) - 1):
                yield run[place : place + 2], place > 0


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """`word` (folded) without its ending; as it is where it is short or not in Latin letters."""
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return word
    if word.endswith("coes"):
        word = word[:-4] + "cao"
    elif word.endswith(("sses", "xes", "ches", "shes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] in "aeio":
        word = word[:-1]
    if len(word) > 3 and word[-1] == "y":
        word = word[:-1] + "i"
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in _VOWELS:
        word = word[:-1]
    return word


_ENDINGS = (
    *(("ations", 4), ("ation", 4), ("ators", 4), ("ator", 4), ("ating", 4), ("ated", 4), ("ate", 4)),
    *(("ungen", 4), ("ung", 4), ("ing", 4), ("ed", 4), ("en", 4), ("er", 5)),
)
"""Endings, and how many letters must be left before one is taken off; the first that fits is."""

_ELIDED = frozenset(("qu", "dell", "nell", "sull", "all", "dall", "quell", "quest", "jusqu", "lorsqu"))

_FUNCTION = """
a an and any are as at be been before but by can do does for from get go had has have how i if in into is it its just
let like make me more most my new next no not now of off on one only or our out over own past per so some than that the
their them then they this those to too up us use was we what when where which who why will with without you your yes
about after again all also because between both each few here other should there these through under until very via vs
first last old better best simple quick small big every ever
der die das den dem des ein eine einer eines einem einen und oder fur mit von vom zu zum zur im in am an auf aus bei
bis durch ohne uber unter nach vor wie was wer wo wann warum ist sind war wird werden nicht kein keine auch nur noch
schon so sich es er sie wir ihr ich man zwischen gegen um als dass neue neuer neues neuen unser unsere
le la les un une des du de et ou au aux en dans sur sous pour par avec sans ce ces cette son sa ses leur leurs nous vous
il elle ils elles on qui que quoi dont est sont pas ne plus nouveau nouvelle nos notre votre chez entre vers
el los las una unos unas y o del al con sin por para como que se su sus es son no mas lo nuestro nueva nuevo entre sobre
o os as um uma uns umas e do da dos das no na nos nas ao aos com sem por pelo pela mais seu sua nosso nossa entre sobre
il lo gli i uno di del della dello dei degli delle a al alla ai alle da dal dalla in nel nella con su sul sulla per tra
fra che chi non piu come nostro nostra
de het een en van voor met aan op in uit naar bij te ten ter om door over onder tot als dat die wat wie waar niet geen
ook nog wel is zijn was wordt ons onze nieuwe tussen
mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday
montag dienstag mittwoch donnerstag freitag lundi mardi mercredi jeudi vendredi lunes martes miercoles jueves viernes
jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october
november december am pm utc cet cest gmt est pst
"""

_MEETING = """
meeting meet call sync catchup catch up check checkin chat talk discussion discuss conversation session review retro
retrospective standup stand daily weekly biweekly monthly quarterly yearly annual fortnightly week month quarter year
hour prep preparation prepare kickoff kick followup follow debrief
brief briefing update status planning plan planned workshop demo presentation present readout walkthrough walk intro
introduction introduce alignment align touchbase touch base huddle jour fixe agenda minutes notes invite invitation
placeholder hold blocked block tentative canceled cancelled rescheduled moved fwd fw re aw wg optional mandatory online
remote zoom teams webex slido room team group committee board interview round deep dive deepdive brainstorm
brainstorming ama townhall allhands hands office hours roundtable steerco steering forum council guild
weeklies dailies one121 1on1 121 o3 part phase item idea question topic thing project prototype poc mvp spike
besprechung treffen termin abstimmung runde austausch rucksprache sitzung gesprach wochentlich woche monat vorbereitung
nachbereitung planung vorstellung auftakt rueckblick ruckblick regeltermin themen thema team weekly klausur ubergabe
reunion point hebdo hebdomadaire quotidien mensuel trimestriel suivi revue preparation atelier echange entretien bilan
restitution lancement comite seance
reunion semanal mensual trimestral diaria diario revision seguimiento repaso charla taller sesion llamada presentacion
planificacion entrevista comite
reuniao alinhamento semanal mensal trimestral diaria revisao conversa oficina sessao chamada apresentacao planejamento
planeamento entrevista
riunione incontro settimanale mensile trimestrale giornaliero allineamento revisione aggiornamento chiamata colloquio
sessione presentazione pianificazione
vergadering overleg wekelijks wekelijkse maandelijks bespreking afstemming bijeenkomst terugblik voorbereiding gesprek
presentatie kennismaking werkoverleg
"""

_CJK_USUAL = (
    *("ミーティンク", "レヒュー", "キックオフ", "打合せ", "打合", "会議", "定例", "勉強会", "面談", "報告会", "相談"),
    *("会议", "會議", "例会", "例會", "周会", "週會", "讨论", "討論", "同步", "评审", "評審", "回顾", "回顧", "沟通"),
    *("汇报", "站会", "复盘", "准备", "準備"),
)
"""Words of any meeting in Chinese and Japanese, folded (a voiced kana is its plain one there)."""

_KOREAN = ("회의", "미팅", "리뷰", "주간", "월간", "정기", "공유", "논의", "면담", "보고", "준비", "스탠드업")

_USUAL = frozenset((*_FUNCTION.split(), *_MEETING.split(), *_KOREAN))
_MEETING_STEMS = frozenset(stem(word) for word in _MEETING.split() if len(word) > 3)
