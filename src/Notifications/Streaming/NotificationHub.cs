using System.Collections.Concurrent;
using System.Globalization;
using BigTech.BuildingBlocks.Core;

namespace BigTech.Notifications.Streaming;

/// <summary>A change of a user's notifications, for streams that read the details from the store.</summary>
/// <param name="After">The version before the change.</param>
/// <param name="Version">The version after the change.</param>
/// <param name="IsRead">Whether the user has read some of them.</param>
internal sealed record NotificationSignal(long UserId, long After, long Version, bool IsRead = false)
{
    /// <summary>Whether the change assigned this version.</summary>
    public bool Covers(long version) => After < version && version <= Version;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{UserId}:{After}:{Version}:{(IsRead ? 1 : 0)}");

    public static NotificationSignal Parse(string text)
    {
        var parts = text.Split(':');
        var numbers = Array.ConvertAll(parts[..3], part => long.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture));
        return new NotificationSignal(numbers[0], numbers[1], numbers[2], parts[3] == "1");
    }
}

/// <summary>
/// The open notification streams of this process. Only the writer publishes, in commit order, so every stream receives the changes in the
/// order of their versions. Users without streams cost nothing. With several replicas, streams read the store themselves, and the hub only
/// sends them signals, here and on other replicas.
/// </summary>
internal sealed class NotificationHub
{
    private const string SignalChannel = "notifications";

    private readonly IBackplane _backplane;
    private readonly ConcurrentDictionary<long, HashSet<NotificationStream>> _users = new();

    public NotificationHub(IBackplane backplane)
    {
        _backplane = backplane;
        backplane.Subscribe(SignalChannel, text => Hear(NotificationSignal.Parse(text)), missed: WakeAll);
    }

    /// <summary>Whether streams get a signal from <see cref="Tell"/> and read the store, instead of receiving the change.</summary>
    public bool StreamsRead => _backplane.IsClustered;

    public bool IsListening(long userId) => _users.ContainsKey(userId);

    public void Join(NotificationStream stream)
    {
        lock (_users) _users.GetOrAdd(stream.Caller.UserId, static _ => []).Add(stream);
    }

    public void Leave(NotificationStream stream)
    {
        lock (_users)
        {
            if (!_users.TryGetValue(stream.Caller.UserId, out var streams)) return;
            streams.Remove(stream);
            if (streams.Count == 0) _users.TryRemove(stream.Caller.UserId, out _);
        }
    }

    public void Publish(long userId, NotificationChange change)
    {
        if (!IsListening(userId)) return;
        lock (_users)
        {
            if (!_users.TryGetValue(userId, out var streams)) return;
            foreach (var stream in streams) stream.Push(change);
        }
    }

    /// <summary>Signals a committed change to the streams.</summary>
    public void Tell(NotificationSignal news)
    {
        _backplane.Publish(SignalChannel, news.ToString());
        Hear(news);
    }

    private void Hear(NotificationSignal news)
    {
        if (!IsListening(news.UserId)) return;
        lock (_users)
        {
            if (!_users.TryGetValue(news.UserId, out var streams)) return;
            foreach (var stream in streams) stream.Hear(news);
        }
    }

    private void WakeAll()
    {
        lock (_users)
        {
            foreach (var stream in _users.Values.SelectMany(streams => streams)) stream.Look();
        }
    }
}
