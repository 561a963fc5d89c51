namespace BigTech.WebClient.State;

/// <summary>The newest notifications, and how many are unread.</summary>
public sealed class Alerts(ChatClient chat) : Observable
{
    private readonly Dictionary<string, Notification> _notifications = [];
    private IReadOnlyList<MutedRoom> _muted = [];
    private string? _next;

    /// <summary>Newest first.</summary>
    public IEnumerable<Notification> Notifications =>
        _notifications.Values.OrderByDescending(one => one.HappenedAt).ThenByDescending(one => one.Id, StringComparer.Ordinal);

    public long Unread { get; private set; }

    public bool HasMore => _next is not null;

    /// <summary>Whether a room makes no notifications.</summary>
    public bool IsMuted(long roomId) =>
        _muted.Any(room => room.RoomId == roomId && (room.Until is not { } until || until > DateTimeOffset.UtcNow));

    /// <summary>A notification to which the user's attention is to be drawn.</summary>
    public event Action<Notification>? Rang;

    public void Clear()
    {
        _notifications.Clear();
        Unread = 0;
        _next = null;
        _muted = [];
        Tell();
    }

    /// <summary>Mutes a room, or ends that.</summary>
    /// <exception cref="ChatApiException">The server refuses.</exception>
    public async Task Mute(long roomId, bool isMuted)
    {
        // Another device may have changed it.
        var others = (await chat.Notifications.GetPreferences()).MutedRooms.Where(room => room.RoomId != roomId);
        IReadOnlyList<MutedRoom> rooms = [.. isMuted ? others.Append(new MutedRoom(roomId)) : others];
        _muted = (await chat.Notifications.ChangePreferences(new NotificationPreferenceChange { MutedRooms = rooms })).MutedRooms;
        Tell();
    }

    /// <exception cref="ChatApiException">The server refuses.</exception>
    public async Task LoadMore()
    {
        if (_next is not { } cursor) return;
        var page = await chat.Notifications.List(cursor: cursor);
        foreach (var one in page.Notifications) _notifications.TryAdd(one.Id, one);
        _next = page.NextCursor;
        Tell();
    }

    public void Apply(StreamEvent change)
    {
        switch (change)
        {
            case NotificationSnapshot { Page: var page }:
                _notifications.Clear();
                foreach (var one in page.Notifications) _notifications[one.Id] = one;
                (Unread, _next) = (page.UnreadCount, page.NextCursor);
                _ = LoadMuted();
                break;
            case StreamReady { UnreadCount: { } count }:
                Unread = count;
                _ = LoadMuted();
                break;
            case NotificationEvent of:
                Unread = of.UnreadCount;
                Apply(of);
                break;
            default:
                return;
        }
        Tell();
    }

    private async Task LoadMuted()
    {
        try
        {
            _muted = (await chat.Notifications.GetPreferences()).MutedRooms;
            Tell();
        }
        catch (Exception error) when (error is HttpRequestException or ChatApiException or OperationCanceledException)
        {
            // What was known stays until the stream begins again.
        }
    }

    private void Apply(NotificationEvent change)
    {
        switch (change)
        {
            case NotificationChanged { Notification: var one } changed:
                _notifications[one.Id] = one;
                if (changed.Alert) Rang?.Invoke(one);
                break;
            case NotificationsMarkedRead read:
                foreach (var id in read.Ids)
                {
                    if (_notifications.TryGetValue(id, out var one))
                        _notifications[id] = one with { IsRead = true, ReadAt = read.ReadAt, UpdatedAt = read.ReadAt };
                }
                break;
            case NotificationRemoved removed:
                _notifications.Remove(removed.NotificationId);
                break;
            default:
                break;
        }
    }
}
