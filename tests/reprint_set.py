"""A labelled set of pairs of reports: invented texts about invented places, written for this and by hand.

Every event has a `base`; a `paraphrase` (the same facts in the same order, in other words); an `own` report of another
reporter, who was there too and quotes the same sentence; and for some a `translated` version, as if it had gone through
another language. Copies, excerpts and texts with spliced filler are made from these by small edits.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from standoff.evidence.text import normalise

EVENTS: dict[str, dict[str, str]] = {
    "ferries": {
        "base": """Norwick's defence ministry confirmed on Tuesday that four thousand soldiers had
boarded the ferries in the northern harbour, three days after talks over the island of Skarre collapsed.
Witnesses on the quay saw lorries unloading field kitchens and crates of ammunition until shortly before dawn.
The ministry gave no reason for the move, but officials spoke of an exercise that had been planned since spring.
"We are ready to sail the moment the council asks us to, and not an hour before," said the minister, Ilse Varn,
as she left the harbour office. Fishermen were told to keep their boats inside the breakwater for a week. In
Sund, across the strait, the mayor asked residents to stay calm and ordered the schools on the waterfront to
remain closed. The harbour master there counted eleven ships at anchor and called the sight without precedent in
his thirty years of service.""",
        "paraphrase": """Some 4,000 troops are now aboard vessels moored in the north of Norwick, the country's
military authorities acknowledged, after negotiations about Skarre island broke down at the weekend. People near
the port described trucks delivering mobile canteens and boxes of bullets through the night. Asked why, the
authorities stayed silent, though some civil servants hinted at manoeuvres arranged months ago. Minister Varn
promised that nobody would leave port without an order from the council. For seven days small craft may not go
beyond the harbour wall. On the opposite shore, Sund's mayor appealed for composure and shut classrooms close to
the sea, while the man in charge of its port, who has worked there for three decades, said he had never before
seen as many as eleven vessels waiting.""",
        "own": """The smell of diesel hung over the northern quays long after midnight. I counted sixty
lorries between the customs shed and the fish market, each with its lamps covered, and soldiers who would not
say where they came from. A cook from a bakery on Tar Street had sold out of bread by two. When the minister at
last came down the steps she stopped for the microphones only once. "We are ready to sail the moment the council
asks us to, and not an hour before," she told us, and climbed into a grey car. Opposition members of the council
complained that they had learnt of the deployment from the radio. Across the water, ferries to the mainland were
full of families with suitcases, and a grocer in Sund had put a limit of two bags of flour on every customer.""",
        "translated": """The ministry of defence of Norwick has on Tuesday confirmed that there are four
thousand military men who went on board of the ferry boats in the port of the north, this three days following
the failure of the conversations on the isle Skarre. From the pier, witnesses observed how trucks discharged
kitchens of campaign and munition boxes up to a little before the sunrise. For this movement the ministry did
not indicate motives, functionaries however mentioned manoeuvres foreseen already from the springtime. It was
demanded of the fishers that during one week their boats would stay behind the mole. At Sund, on the other side
of the narrows, the citizens were requested tranquillity by their mayor, who let close the schools near the
water.""",
    },
    "bridge": {
        "base": """A freight train carrying grain derailed on the Almar bridge early on Sunday, cutting
the only railway between the coast and the mining towns of the interior. Nobody was hurt, the railway company
said, but nine wagons hang over the river and a crane strong enough to lift them must come from abroad. The
governor of Almar province blamed years of neglect. "This bridge was old when my grandfather crossed it, and
nobody has painted it since," he told reporters at the site. Engineers expect repairs to take at least six
weeks. Until then, ore from the mines will go by road, which the lorry drivers' union called impossible: the
pass is open to heavy traffic for only four hours a day. Traders in the port of Lissen said the price of copper
for delivery next month had already risen by a twelfth.""",
        "paraphrase": """The inland mines lost their sole rail connection to the sea when, before sunrise on
Sunday, several trucks of a cereal transport left the tracks on the crossing at Almar. There were no casualties,
according to the operator; however, clearing the nine carriages dangling above the water requires lifting gear
that has to be brought in from another country. The provincial head put it down to a lack of maintenance over
many years. Specialists think that a month and a half will pass before trains run again. Meanwhile minerals are
to be moved on the highway, something the hauliers say cannot be done, because big vehicles may use the mountain
road merely four hours daily. At Lissen, dealers noted that copper futures had gained about eight percent.""",
        "own": """Marta Oyen was feeding her hens when the noise came up the valley, like a cupboard of
plates falling down the stairs, she says, and going on for a minute. By breakfast half of Almar stood on the
bank. Children threw stones at the dangling wagons until a policeman sent them home. The governor arrived by
helicopter at ten, in rubber boots, and stayed for the cameras. "This bridge was old when my grandfather crossed
it, and nobody has painted it since," he said. A retired track inspector, who asked that his name be kept out of
the newspaper, remembered writing three warnings, the last of them in the year of the flood. The company would
not answer questions about inspections. Its shares were suspended at noon, and an inquiry by the transport
committee will open on Thursday.""",
    },
    "election": {
        "base": """The electoral commission of Tarsk will not publish the results of the vote before
Friday, its chairman said after a night in which two of his deputies resigned. Observers from neighbouring
states had reported that tally sheets from forty districts were missing, most of them in the south, where the
opposition is strong. Thousands gathered on Liberty Square in the rain and sang until the police closed the tram
lines. "A count that nobody may watch is not a count," said Jonas Brecht, who leads the opposition, from the
roof of a van. The president, in power for nineteen years, spoke of technical difficulties and asked for
patience. The army stayed in its barracks, but two armoured cars were seen beside the television tower. Banks
said that withdrawals on Monday had been four times those of an ordinary day.""",
        "paraphrase": """Tarsk has to wait until the end of the week to learn who won, election officials
announced, following the departure overnight of a pair of senior members. Monitors sent by other countries in
the region could not find the records of some forty constituencies, chiefly southern ones that tend to vote
against the government. Despite heavy showers a big crowd filled the main square of the capital with songs,
until trams there were halted by officers. Brecht, the challenger, addressed them from on top of a vehicle and
dismissed any tally held behind closed doors. Appealing for calm, the head of state, who took office nearly two
decades ago, mentioned problems of a technical kind. No soldiers were on the streets apart from a couple of
light tanks close to the broadcaster's mast. Savers took out fourfold the usual sums.""",
        "own": """In the village of Oster the ballot box still stands in the school, sealed with wax,
because nobody has come for it. The teacher sleeps beside it. She is one of hundreds of volunteers who followed
instructions that the commission has since withdrawn, and she does not know whether she is breaking the law. In
the capital, lawyers filed eleven complaints before lunch. "A count that nobody may watch is not a count," said
Jonas Brecht to applause, but his own party is divided over whether to call a strike. A diplomat who has watched
three elections here says the missing sheets prove little by themselves: rain had washed out the southern roads.
What worries him is the silence of the constitutional court, whose president flew to the lakes on Saturday and
has not been heard from since.""",
        "translated": """Before Friday there will not be published by the commission for elections of Tarsk any
results of the voting, has declared its president subsequent to a night during which a pair of his substitutes
gave up their office. By observers out of the states of the neighbourhood had been communicated the lack of
protocols from forty circles, in majority in the south where force of the opposition lies. On the place of
Liberty, under rain, some thousands had assembled themselves and sung as long as police did not block the lines
of the tramway. Technical difficulties were named by the chief of state, who governs since nineteen years and
begged for patience. In its casernes the army remained, near the tower of television however a couple of
armoured vehicles have been noticed.""",
    },
    "reservoir": {
        "base": """Water in the Hadal reservoir has fallen to a fifth of its capacity, the lowest level
since the dam was built, and the three countries that share the river have begun to accuse one another of taking
more than they agreed. Upstream, Kherat has filled two new basins for its cotton fields. Downstream, farmers in
Belun ploughed their dying wheat under in protest and blocked the border road with tractors. "If they close the
gates again in May, we shall have to open them ourselves," said a deputy from the river districts, to cheers in
the assembly. The river commission, founded after the drought of a generation ago, met for nine hours and agreed
only to meet again. Its hydrologists proposed a monthly ration for each state and meters that all can read.
Kherat's delegate said that meters were a matter of honour and left before the vote.""",
        "paraphrase": """Never since the Hadal barrage was completed has so little been left behind it: twenty
percent of what it can hold. The trio of nations living off the stream trade reproaches about who exceeds their
allotted amounts. A pair of freshly constructed lakes irrigates plantations of cotton in Kherat, at the upper
end. Below, Belun's growers destroyed a failing grain harvest with their ploughs and put farm vehicles across
the highway to the frontier. A lawmaker representing the riverside hinted loudly that his people might unlock
the sluices by force come spring. All that the joint body, which dates from an earlier dry spell, could settle
on after most of a day was another session. Experts on its staff had suggested quotas month by month, verified
by gauges open to everybody; the Kherati envoy took this as an insult and walked out ahead of the ballot.""",
        "own": """At the old ferry landing in Belun the river can now be crossed in boots. Shepherds
have found the foundations of a village drowned sixty years ago, and a school party came by bus to see them.
Prices for hay doubled within the month. In the assembly the mood was warlike. "If they close the gates again in
May, we shall have to open them ourselves," a deputy cried, and even ministers clapped. Yet the engineers I
spoke to on both banks telephone each other every morning, as they have for years, and pass on readings that
their governments call secret. One of them reckons that leaking canals lose more water than all the cotton
drinks. The commission's building, a villa with a dry fountain, employs fourteen people. None of them, the
caretaker says, has been paid since the autumn.""",
    },
    "hostages": {
        "base": """Gunmen who had held a museum in the old town of Verrin for two days released the last
of their captives on Thursday and gave themselves up, ending a siege that brought the negotiations on autonomy
to a halt. All twenty-three hostages were unharmed, the interior ministry said; one guard had been shot in the
leg when the building was taken. The group, which calls itself the Ninth of March, had asked for a broadcast and
for a bus. It was given the broadcast. "They talked, we listened, and then they were tired," said the
negotiator, a former judge whose name the police withheld. Both delegations at the autonomy talks condemned the
attack. The regional leader warned, however, that new emergency rules, which allow detention for a month without
charge, would do what the gunmen could not, and drive his side from the table.""",
        "paraphrase": """The occupation of Verrin's museum is over: following two days inside, the armed men
surrendered on Thursday after letting the remaining prisoners walk out. None of the 23 had been injured,
officials reported, though a watchman suffered a bullet wound to a leg at the outset. Discussions about
self-rule had been suspended because of it. Of the two wishes that the band, known by a date in March, put
forward, air time and transport, it was granted the first. Police credit a retired judge, who stays anonymous,
with wearing them down by patience. The outrage was denounced by each of the two parties to the discussions. Yet
the head of the region cautioned that freshly introduced powers to hold suspects four weeks without trial might
push his people out of the process, a thing the attackers had failed to achieve.""",
        "own": """For two days the bells of Verrin did not ring, because the belfry looks into the
museum's courtyard and the police had put a man in it. Now they ring again, and the shopkeepers of the old town
sweep broken glass. Among the freed was a class of apprentices from the glassworks, who passed the time, one of
them said, by cataloguing the spoons. Over sandwiches the negotiator was brief. "They talked, we listened, and
then they were tired," he said, and asked for the way to the station. Who paid for the weapons is not known;
serial numbers had been filed off. A lawyer for three of the men says that they will plead necessity. In the
capital, the coalition quarrels over whether the broadcast should have been allowed, and the director of the
radio has offered to resign.""",
        "translated": """On Thursday the armed persons that since two days had possessed the museum in the
ancient city of Verrin have let free their last prisoners and rendered themselves; thereby finished the siege
through which had been stopped the autonomy negotiation. Not one of the twenty-three detained suffered damage,
according to the ministry of the interior, while to a guardian, at the taking of the house, a shot went in the
leg. A transmission by radio and an autobus were the demands of the formation whose name is Ninth of March, and
the transmission was conceded. Through both the deputations in the dialogue the assault was condemned. The chief
of the region has warned nevertheless: rules of exception, by which one can retain somebody a month with no
accusation, could chase his party off.""",
    },
    "pipeline": {
        "base": """The gas pipeline under the Orsa strait lost pressure within minutes on Saturday night,
and divers found a hole the size of a door at a depth of seventy metres, the operator said. Prices on the
exchange in Lissen rose by a third when trading began. The two governments that own the line ordered their
navies to guard the landing stations and promised an inquiry. Neither named a culprit. "Steel of this thickness
does not break because it is sad," said the operator's chief engineer, who ruled out an anchor. Seismographs on
the islands had recorded two short shocks. A cargo ship that had switched off its transponder for an hour was
stopped by the coast guard and searched without result. Storage is full to nine tenths, and the ministry sees no
shortage before February if the winter stays mild.""",
        "paraphrase": """Something tore an opening as big as a door in the tube that carries gas beneath Orsa
sound: late on Saturday its pressure collapsed almost at once, and seventy metres down the company's divers
discovered the damage. At the opening of the Lissen market quotations leapt by more than thirty percent.
Warships have been told by the pair of state owners to protect the terminals, and an investigation is to follow;
so far no one is accused. A dragged anchor can be excluded, in the view of the leading technician of the firm.
Instruments ashore had noticed a couple of brief tremors. Coastguards boarded a freighter whose tracking signal
had been missing for sixty minutes, but came away with empty hands. Since reserves stand at ninety percent,
officials expect heating to be safe well into the new year unless it gets very cold.""",
        "own": """The fishermen of Little Orsa do not believe in accidents. They remember the survey
boat that sat over the trench for a week in August, flying no flag, and they remember that nobody in the capital
wanted to hear of it. On Sunday they came back with dead cod and a story about water that boiled. In the control
room, where three operators work a shift, the alarm sounded for less than a minute before it was switched off.
"Steel of this thickness does not break because it is sad," the chief engineer remarked. Insurers have sent a
ship of their own. Analysts at a bank in Lissen think that the real loss is trust: the second line, on which
work was to begin in spring, needs lenders, and two of them have asked for time to think.""",
    },
    "general": {
        "base": """General Anton Reuss, who commanded the northern garrison of Tarsk for eleven years,
has been relieved of his post and flown to the capital, the staff announced in a statement of two lines. It
named no successor. Officers in the garrison said that he had refused to send conscripts against the strikers
who hold the ore port. "An army that is sent into its own streets comes home as something else," he had told
cadets in the spring. His deputy took down the portrait of the president in the mess, then put it back.
Diplomats read the dismissal as a sign that the palace no longer trusts the regular forces; the guard regiments,
which answer to the president alone, were given new barracks beside the airport in June. The strikers lit fires
on the quay when the news arrived and sang the garrison's marching song.""",
        "paraphrase": """After more than a decade at the head of the troops in Tarsk's north, Reuss is out: two
sentences from headquarters said that the general had been removed and brought by air to the seat of government,
without mention of who follows him. Comrades attribute it to his unwillingness to use drafted men on the workers
who occupy the harbour from which ore is shipped. Months ago he had cautioned young officers that troops used at
home are changed by it. The president's picture vanished briefly from the canteen wall on the orders of the
second in command. For foreign envoys it proves that the leadership relies less and less on ordinary units, and
more on guards under its direct orders, recently housed next to the runways. Down by the water those on strike
celebrated him with bonfires and a soldiers' tune.""",
        "own": """There was no parade. A corporal drove him to the airfield in the car that usually
fetches the post, and the general carried his own bag. In the ore port, where the cranes have stood still for
five weeks, women brought soup to the pickets and to the soldiers alike. Much is now made of a lecture. "An army
that is sent into its own streets comes home as something else," he had said in April, and somebody had taken
notes. Whether he will face a court is unclear; a cousin of his sits in the senate and has asked the minister
three questions in writing. The shipping companies have begun to route their vessels round the cape. A sergeant
at the gate, asked who commands here, looked at the sky and said that the weather did.""",
    },
}
OTHER = """The city orchestra of Lissen will open its season with a programme of forgotten
overtures, found by a librarian in a trunk under the stage. Rehearsals have been held in a tram depot, since the
hall is still without a roof. Tickets for the first evening sold out within the hour, and a second was added.
The conductor, who grew up in a village of the delta, said she wanted to hear whether the pieces had been
forgotten for a reason."""
FRAMES = (
    """Readers of this column will remember how it began, and may wonder why so little was
said of it since. What follows is drawn from what others have published, with our own remarks at the end, as is
the custom here on quiet days when the presses wait and the telephone does not ring.""",
    """None of this will surprise those who have watched the region for long. It has happened
before, and the lesson that was drawn then is the one that will be drawn again: that patience is cheap for
whoever does not have to wait, and that the bill is sent to somebody else. Our next letter appears in a
fortnight.""",
)
STATEMENT = (
    "We have not come this far, through eleven months of promises that were broken before the ink on them was dry, "
    "in order to be told that patience is a virtue; we have been patient, we have been silent, we have buried our dead "
    "quietly, and we shall now speak loudly until somebody who can sign a paper sits down at this table and signs it."
)
STOCK = (
    "The two countries fought a short war over the islands in the time of the last king, and the armistice that ended "
    "it was never followed by a treaty of peace."
)
FILLER = (
    "Find out more about cheap ferry tickets and harbour hotels today.",
    "Sign up here for our free newsletter and never miss a story again.",
    "You can learn more about the best travel insurance for islands.",
    "Click below to see ten tricks that brokers do not want you to know.",
)
HEADLINES = ("What we know so far.", "Exclusive: the whole story.", "A turn nobody expected, and its price.")
LIGHT = {
    "said": "stated", "told": "informed", "since": "from", "until": "till", "people": "persons", "before": "ahead of",
    "strong": "powerful", "asked": "requested", "began": "started", "old": "aged", "only": "just", "shortly": "soon",
}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """Two normalised texts, with the filler of the second where it is marked, and what a reader calls the pair:
    reprint, excerpt, quotations or none. `kind` says how it was made."""

    kind: str
    name: str
    one: str
    other: str
    label: str
    filler: tuple[tuple[int, int], ...] = ()


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z\"])", " ".join(text.split()))


def pairs() -> Iterator[Labelled]:
    """The whole set; the same every time."""
    names = list(EVENTS)
    for at, (name, texts) in enumerate(EVENTS.items()):
        dice = random.Random(name)
        base = texts["base"]
        lines = sentences(base)

        edited = [line for place, line in enumerate(lines) if place != len(lines) - 2]
        light = " ".join(edited)
        for word, instead in LIGHT.items():
            light = re.sub(rf"\b{word}\b", instead, light)
        yield _pair("reprint, light edits", name, base, f"{HEADLINES[at % 3]} {light}", "reprint")
        yield _pair("reprint, new headline", name, base, f"{HEADLINES[(at + 1) % 3]} {base} {OTHER[:90]}", "reprint")

        part = _share(lines, 0.4, dice)
        yield _pair("40 % excerpt, alone", name, base, part, "excerpt")
        yield _pair("40 % excerpt, framed", name, base, f"{FRAMES[0]} {part} {FRAMES[1]}", "excerpt")

        yield _pair("paraphrase", name, base, texts["paraphrase"], "none")
        if "translated" in texts:
            yield _pair("translation-like", name, base, texts["translated"], "none")
        yield _pair("quotation shared", name, base, texts["own"], "quotations")
        own = re.sub(r'"[^"]+"', "He spoke briefly", " ".join(texts["own"].split()))
        yield _pair("independent, same event", name, base, own, "none")
        yield _pair("independent, same event", f"{name}, two", texts["paraphrase"], own, "none")
        other = EVENTS[names[(at + 1) % len(names)]]
        yield _pair("independent, other event", name, base, other["base"], "none")
        yield _pair("independent, other event", f"{name}, two", texts["own"], other["own"], "none")

        spliced, spans = splice(base)
        yield Labelled("filler spliced in, marked", name, normalise(base), spliced, "reprint", spans)
        yield Labelled("filler spliced in, not marked", name, normalise(base), spliced, "reprint")
        once, where = splice(f"{FRAMES[0]} {part} {FRAMES[1]}", every=3)
        yield Labelled("40 % excerpt with filler", name, normalise(base), once, "excerpt", where)
        heavy = " ".join(_every(base.split(), 9))
        yield _pair("reprint, heavily edited", name, base, heavy, "reprint")
        rewritten = sentences(texts["paraphrase"])
        half = [*lines[: len(lines) // 2], *rewritten[len(rewritten) // 2 :]]
        yield _pair("half copied, half paraphrased", name, base, " ".join(half), "excerpt")
        short = _share(lines, 0.15, dice)
        long = f"{FRAMES[0]} {other['own']} {short} {other['translated' if 'translated' in other else 'paraphrase']}"
        yield _pair("15 % excerpt in a longer text", name, base, long, "excerpt")
        first, second = (f'{text} "{STATEMENT}"' for text in (texts["own"], other["paraphrase"]))
        yield _pair("long quotation shared", name, first, second, "quotations")
        yield _pair("quotation shared, marks lost", name, base, texts["own"].replace('"', ""), "none")
        own = f"{own} {STOCK}"
        yield _pair("background sentence shared", name, own, f"{base} {STOCK}", "none")
    # The same filler in two reports that have nothing else in common.
    for one, other in zip(names, names[2:], strict=False):
        first = splice(EVENTS[one]["base"], last=2)[0]
        second, spans = splice(EVENTS[other]["base"], last=2)
        yield Labelled("same filler, other event", one, first, second, "none", spans)


def splice(text: str, *, every: int = 2, last: int = 9) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Filler put into the middle of sentences; (the normalised text, the spans of the filler in it)."""
    words = " ".join(text.split()).split(" ")
    ends = [place for place, word in enumerate(words[:-1]) if word.endswith(".")]
    cuts = {place - 4: FILLER[number % len(FILLER)] for number, place in enumerate(ends[::every][:last]) if place > 8}
    made = ""
    spans = []
    for place, word in enumerate(words):
        made += (" " if made else "") + word
        if place in cuts:
            spans.append((len(made) + 1, len(made) + 1 + len(cuts[place])))
            made += f" {cuts[place]}"
    assert normalise(made) == made
    return made, tuple(spans)


def _pair(kind: str, name: str, one: str, other: str, label: str) -> Labelled:
    return Labelled(kind, name, normalise(one), normalise(other), label)


def _every(words: list[str], step: int) -> Iterator[str]:
    """Each so-manieth word changed for another of its length, as a copy editor in a hurry might."""
    for place, word in enumerate(words):
        yield word if place % step != step - 1 or '"' in word else word[::-1]


def _share(lines: list[str], share: float, dice: random.Random) -> str:
    """Sentences in a row that make about this share of the words."""
    words = sum(len(line.split()) for line in lines)
    first = dice.randrange(0, 3)
    taken: list[str] = []
    for line in lines[first:]:
        if taken and sum(len(each.split()) for each in taken) >= (share - 0.04) * words:
            break
        taken.append(line)
    return " ".join(taken)
