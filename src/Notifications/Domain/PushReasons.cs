namespace BigTech.Notifications.Domain;

/// <summary>Why a message, or something else that happened, did or did not become a notification of a user.</summary>
internal enum PushReason
{
    /// <summary>It did, and alerts.</summary>
    Created,

    /// <summary>It joined an unread notification.</summary>
    Collapsed,

    /// <summary>It did, without an alert: the user has quiet hours.</summary>
    QuietHours,

    /// <summary>It did, without an alert: the user has had that before.</summary>
    Silent,

    /// <summary>The user has muted the room, or wants no notifications of messages.</summary>
    Muted,

    /// <summary>The user does not want this kind.</summary>
    Unwanted,

    /// <summary>The user has the room open on a live stream.</summary>
    Open,

    /// <summary>The user has sent it.</summary>
    Own,

    /// <summary>The user had read it before it was handled.</summary>
    Read,

    /// <summary>A block is between the user and who caused it.</summary>
    Blocked,
}

/// <summary>Counts what became of messages, one for each message and user.</summary>
internal sealed class PushReasons
{
    private readonly int[] _counts = new int[Enum.GetValues<PushReason>().Length];

    public int this[PushReason reason] => _counts[(int)reason];

    public IEnumerable<(PushReason Reason, int Count)> All =>
        Enum.GetValues<PushReason>().Select(reason => (reason, this[reason])).Where(one => one.Item2 > 0);

    public void Add(PushReason reason, int count = 1) => _counts[(int)reason] += count;
}
