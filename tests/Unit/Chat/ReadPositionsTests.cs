using BigTech.Chat.Domain;
using FsCheck;
using FsCheck.Fluent;

namespace BigTech.Tests.Unit.Chat;

public sealed class ReadPositionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_fresh_message_in_a_one_to_one_room_waits_for_the_other()
    {
        var room = Room.Create(1, RoomType.Direct, null, 1, [2], Now).Post(1, true, Now);
        new ReadPositions(room).Of(1, 1).ShouldBe((0, 1));
        new ReadPositions(room.Read(2, 1, 1)).Of(1, 1).ShouldBe((1, 0));
    }

    [Fact]
    public void Who_came_later_or_left_does_not_count()
    {
        var room = Room.Create(1, RoomType.Group, null, 1, [2, 3], Now).Post(1, true, Now).Add(4, Now).Remove(3, Now);
        new ReadPositions(room).Of(1, 1).ShouldBe((0, 1));
    }

    [Fact]
    public void An_author_who_left_takes_no_other_reader_with_them()
    {
        var room = Room.Create(1, RoomType.Group, null, 1, [2, 3], Now).Post(2, true, Now).Remove(2, Now);
        new ReadPositions(room).Of(1, 2).ShouldBe((0, 2));
    }

    /// <summary>For any group of up to a thousand members and any history, the numbers equal those of counting per member.</summary>
    [Fact]
    public void The_numbers_are_exact_for_any_history()
    {
        var steps = from kind in Gen.Choose(0, 9)
                    from who in Gen.Choose(0, 1199)
                    from place in Gen.Choose(0, 1000)
                    select new Step(kind, who, place);
        var histories = from size in Gen.Frequency((3, Gen.Choose(1, 8)), (2, Gen.Choose(9, 200)), (1, Gen.Choose(201, 1000)))
                        from length in Gen.Choose(1, 120)
                        from history in Gen.ArrayOf(steps, length)
                        select (Size: size, Steps: history);
        Prop.ForAll(
            histories.ToArbitrary(), history => Verify(history.Size, history.Steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private sealed record Step(int Kind, int Who, int Place);

    private static void Verify(int size, Step[] steps)
    {
        var room = Room.Create(1, RoomType.Group, null, 1, Enumerable.Range(2, size - 1).Select(i => (long)i), Now);
        var model = new NaiveRoom(room.Members.Keys);
        foreach (var step in steps) room = Take(step, room, model);

        var positions = new ReadPositions(room);
        foreach (var message in model.Messages)
        {
            positions.Of(message.Seq, message.Author).ShouldBe(model.Count(message), $"seq {message.Seq}");
        }
        foreach (var user in room.Members.Keys) room.UnreadOf(user).ShouldBe(model.UnreadOf(user), $"unread of {user}");
    }

    private static Room Take(Step step, Room room, NaiveRoom model)
    {
        var user = (long)step.Who;
        var member = room.Members.Count == 0 ? 0 : room.Members.Keys.Order().ElementAt(step.Who % room.Members.Count);
        switch (step.Kind)
        {
            case 0 or 1 or 2 or 3 when member != 0:
                model.Post(member, countable: true);
                return room.Post(member, countable: true, Now);
            case 4 when member != 0:
                model.Post(member, countable: false);
                return room.Post(member, countable: false, Now);
            case 5 or 6 or 7 when member != 0 && model.Messages.Count > 0:
                var target = model.Messages[step.Place % model.Messages.Count];
                model.Read(member, target.Seq);
                return room.Read(member, target.Seq, target.Ordinal);
            case 8 when !room.HasMember(user) && room.Members.Count < Room.MaxGroupMembers:
                model.Join(user);
                return room.Add(user, Now);
            case 9 when member != 0:
                model.Leave(member);
                return room.Remove(member, Now);
            default:
                return room;
        }
    }

    /// <summary>The same rules, computed per member and per message.</summary>
    private sealed class NaiveRoom(IEnumerable<long> members)
    {
        private readonly Dictionary<long, HashSet<long>> _received = members.ToDictionary(user => user, _ => new HashSet<long>());
        private readonly Dictionary<long, long> _read = [];
        private long _ordinal;

        public List<(long Seq, long Ordinal, long Author, bool Countable)> Messages { get; } = [];

        public void Post(long author, bool countable)
        {
            if (countable) _ordinal++;
            Messages.Add((Messages.Count + 1, _ordinal, author, countable));
            foreach (var received in _received.Values) received.Add(Messages.Count);
            if (countable) Read(author, Messages.Count);
        }

        public void Read(long user, long seq) => _read[user] = Math.Max(_read.GetValueOrDefault(user), seq);

        public void Join(long user)
        {
            _received.Add(user, []);
            _read[user] = 0;
        }

        public void Leave(long user)
        {
            _received.Remove(user);
            _read.Remove(user);
        }

        public (int Read, int Unread) Count((long Seq, long Ordinal, long Author, bool Countable) message)
        {
            var audience = _received.Where(
                entry => entry.Key != message.Author && entry.Value.Contains(message.Seq)).Select(entry => entry.Key).ToList();
            var read = audience.Count(user => _read.GetValueOrDefault(user) >= message.Seq);
            return (read, audience.Count - read);
        }

        public long UnreadOf(long user) => Messages.Count(message =>
            message.Countable && _received[user].Contains(message.Seq) && message.Seq > _read.GetValueOrDefault(user));
    }
}
