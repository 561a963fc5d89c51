namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>
/// A client's copy of a user's rooms, built from the stream of all rooms alone. It fails where the stream breaks its rules.
/// </summary>
internal sealed class RoomCopies(long userId)
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
        var next = new RoomCopies(userId);
        foreach (var (id, copy) in _rooms) next._rooms.Add(id, copy.Clone());
        next.ApplyAll(events);
        return next;
    }

    public bool Reaches(IReadOnlyCollection<Room> rooms) =>
        _rooms.Count == rooms.Count && rooms.All(room => _rooms.TryGetValue(room.Id, out var copy) && copy.Version >= room.Version);

    public void ShouldEqual(Room room, List<Message> history)
    {
        var copy = _rooms[room.Id];
        (copy.Name, copy.Version).ShouldBe((room.Name, room.Version));
        var later = history.Where(message => message.Version > copy.Beginning).ToDictionary(message => message.Seq);
        later.Keys.Except(copy.Messages.Keys).ShouldBeEmpty($"messages of room {room.Id} that the stream has not sent");
        foreach (var (seq, message) in copy.Messages)
        {
            var stored = history.Single(one => one.Seq == seq);
            (message.Content, message.IsEdited, message.IsDeleted, message.Version)
                .ShouldBe((stored.Content, stored.IsEdited, stored.IsDeleted, stored.Version), $"message {seq} of room {room.Id}");
        }
    }

    public override string ToString() =>
        string.Join(", ", _rooms.Select(copy => $"room {copy.Key} at {copy.Value.Version}"));

    private void Apply(SseEvent e)
    {
        var (room, version) = (RoomOf(e), VersionOf(e));
        if (!_rooms.TryGetValue(room, out var copy))
        {
            e.Type.ShouldBe("room", $"the first event of a room that is new: {e.Data}");
            _rooms.Add(room, copy = new Copy { Beginning = version });
        }
        else
        {
            version.ShouldBeGreaterThan(copy.Version, $"what is not above the version is lost: {e.Type} {e.Data}");
        }
        copy.Version = version;
        if (e.Type == "room") copy.Name = e.Json.GetProperty("room").GetProperty("name").GetString();
        else if (e.IsMessage) copy.Messages[e.Message.Seq] = e.Message;
        else if (TakesRoom(e)) _rooms.Remove(room);
    }

    private bool TakesRoom(SseEvent e) =>
        e.Type == "reset"
        || (e.Type == "member" && e.Json.GetProperty("user_id").GetInt64() == userId && e.Json.GetProperty("change").GetString() == "left");

    private sealed class Copy
    {
        public long Beginning { get; init; }

        public long Version { get; set; }

        public string? Name { get; set; }

        public Dictionary<long, Message> Messages { get; init; } = [];

        public Copy Clone() => new() { Beginning = Beginning, Version = Version, Name = Name, Messages = new(Messages) };
    }
}
