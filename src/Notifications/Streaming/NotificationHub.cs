using System.Collections.Concurrent;
using System.Globalization;
using BigTech.Platform.Redis;

namespace BigTech.Notifications.Streaming;

/// <summary>That a user's notifications have changed, for streams that read how from the store.</summary>
/// <param name="After">The version before the change.</param>
/// <param name="Version">The version with it.</param>
/// <param name="IsRead">Whether the change was that he has read some of them.</param>
internal sealed record NotificationSignal(long UserId, long After, long Version, bool IsRead = false)
{
    /// <summary>Whether the change gave something this version.</summary>
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
/// Who listens to his notifications in this process. Only the writer publishes, in commit order, so that every stream sees a user's
/// changes in the order of their versions; whoever does not listen costs nothing. Where other replicas change the same store, streams look
/// there for themselves, and the hub only gives them the news, here and elsewhere.
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

    /// <summary>Whether streams are told by <see cref="Tell"/> that there is something, in place of being handed it.</summary>
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

    /// <summary>Tells of a change that was committed.</summary>
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
