using System.Collections.Concurrent;

namespace BigTech.Notifications.Live;

/// <summary>
/// Who listens to his notifications in this process. Only the writer publishes, in commit order, so that every stream sees a user's
/// changes in the order of their versions; whoever does not listen costs nothing.
/// </summary>
internal sealed class NotificationHub
{
    private readonly ConcurrentDictionary<long, HashSet<NotificationStream>> _users = new();

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
}
