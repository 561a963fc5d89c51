namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>
/// A client's copy of a user's rooms, built from the stream of all rooms and from what the rules for client authors tell it to fetch: a
/// room that is new to it, the position of a member who joins, and the pins after a <c>room</c>. It fails where the stream breaks its
/// rules.
/// </summary>
internal sealed class RoomCopies(long userId, RoomSnapshots snapshots)
{
    private readonly Dictionary<long, Copy> _rooms = [];

    public IEnumerable<long> Ids => _rooms.Keys;

    public static bool IsAboutARoom(SseEvent e) => e.Type is not "ready" && e.Json.TryGetProperty("room_id", out _);

    public static long RoomOf(SseEvent e) => e.Json.GetProperty("room_id").GetInt64();

    public static long VersionOf(SseEvent e) => e.Json.GetProperty("version").GetInt64();

    public void ApplyAll(IEnumerable<SseEvent> events)
    {
        foreach (var e in events.Where(IsAboutARoom)) Apply(e);
    }

    /// <summary>What it would be after these events.</summary>
    public RoomCopies With(IEnumerable<SseEvent> events)
    {
        var next = new RoomCopies(userId, snapshots);
        foreach (var (id, copy) in _rooms) next._rooms.Add(id, copy.Clone());
        next.ApplyAll(events);
        return next;
    }

    public bool Reaches(IReadOnlyCollection<Room> rooms) =>
        _rooms.Count == rooms.Count && rooms.All(room => _rooms.TryGetValue(room.Id, out var copy) && copy.Version >= room.Version);

    public void ShouldEqual(RoomSnapshot fresh)
    {
        var copy = _rooms[fresh.Room.Id];
        copy.Version.ShouldBe(fresh.Room.Version);
        var (mine, stored) = (copy.Describe(), new Copy(fresh).Describe());
        // The lines that differ: the whole would be cut off in the message.
        var differences = mine.Except(stored).Select(line => $"copy:  {line}").Concat(stored.Except(mine).Select(line => $"fresh: {line}"));
        differences.ShouldBeEmpty($"room {fresh.Room.Id}");
    }

    public override string ToString() =>
        string.Join(", ", _rooms.Select(copy => $"room {copy.Key} at {copy.Value.Version}"));

    private void Apply(SseEvent e)
    {
        var (room, version) = (RoomOf(e), VersionOf(e));
        if (!_rooms.TryGetValue(room, out var copy))
        {
            e.Type.ShouldBe("room", $"the first event of a room that is new: {e.Data}");
            _rooms.Add(room, new Copy(snapshots.At(room, version)) { Version = version });
            return;
        }
        version.ShouldBeGreaterThan(copy.Version, $"what is not above the version is lost: {e.Type} {e.Data}");
        copy.Version = version;
        if (TakesRoom(e)) _rooms.Remove(room);
        else copy.Apply(e, version, snapshots);
    }

    private bool TakesRoom(SseEvent e) =>
        e.Type == "reset"
        || (e.Type == "member" && e.Json.GetProperty("user_id").GetInt64() == userId && e.Json.GetProperty("change").GetString() == "left");

    /// <summary>The copy of one room.</summary>
    private sealed class Copy
    {
        // Up to which version it was fetched: what an event says up to there is older.
        private readonly long _fetched;
        private readonly Dictionary<long, Message> _messages;
        private readonly Dictionary<long, (string Role, long ReadSeq)> _members;
        private HashSet<string> _pins;
        private string? _name;

        public Copy(RoomSnapshot snapshot)
        {
            _fetched = snapshot.Room.Version;
            _name = snapshot.Room.Name;
            _messages = snapshot.Messages.ToDictionary(message => message.Seq);
            _members = snapshot.Room.Members.ToDictionary(member => member.UserId, member => (member.Role, member.ReadSeq));
            _pins = [.. snapshot.Pins.Ids];
        }

        private Copy(Copy other)
        {
            (_fetched, _name, Version) = (other._fetched, other._name, other.Version);
            (_messages, _members, _pins) = (new(other._messages), new(other._members), [.. other._pins]);
        }

        /// <summary>That of the last event.</summary>
        public long Version { get; set; }

        public Copy Clone() => new(this);

        public void Apply(SseEvent e, long version, RoomSnapshots snapshots)
        {
            if (e.IsMessage) Store(e.Message, version, isNew: e.Type == "message.created");
            else if (e.Type == "reaction.changed" && e.As<ReactionChange>() is var change) React(change);
            else if (e.Type == "read" && e.As<ReadChange>() is var read) MoveTo(read.UserId, read.ReadSeq);
            if (version <= _fetched) return;
            if (e.Type == "room")
            {
                _name = e.Json.GetProperty("room").GetProperty("name").GetString();
                _pins = [.. snapshots.At(RoomOf(e), version).Pins.Ids];
            }
            else if (e.Type == "member")
            {
                Change(e.Json.GetProperty("user_id").GetInt64(), e, snapshots.At(RoomOf(e), version).Room);
            }
        }

        /// <summary>Everything, in lines. The counts of readers follow from the positions of the members.</summary>
        public List<string> Describe() =>
        [
            $"name {_name}", .. _messages.Values.Select(message => Wire.Write(message with { ReadByCount = 0, UnreadByCount = 0 })),
            .. _members.Select(member => $"member {member.Key} {member.Value.Role} read {member.Value.ReadSeq}"),
            .. _pins.Select(id => $"pin {id}"),
        ];

        private void Store(Message message, long version, bool isNew)
        {
            if (!_messages.TryGetValue(message.Seq, out var known) || version > known.Version) _messages[message.Seq] = message;
            if (message.IsDeleted) _pins.Remove(message.Id);
            if (isNew && message.MessageType != "system") MoveTo(message.UserId, message.Seq);
        }

        private void React(ReactionChange change) => _messages[change.Seq] = _messages[change.Seq].With(change);

        private void Change(long user, SseEvent e, Room fetched)
        {
            var role = e.Json.GetProperty("role").GetString();
            switch (e.Json.GetProperty("change").GetString())
            {
                case "left":
                    _members.Remove(user);
                    break;
                case "joined":
                    _members[user] = (role!, fetched.Members.FirstOrDefault(member => member.UserId == user)?.ReadSeq ?? 0);
                    break;
                default:
                    _members[user] = (role!, _members[user].ReadSeq);
                    break;
            }
        }

        private void MoveTo(long user, long seq)
        {
            if (_members.TryGetValue(user, out var member)) _members[user] = (member.Role, Math.Max(member.ReadSeq, seq));
        }
    }
}
