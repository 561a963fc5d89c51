using System.ComponentModel.DataAnnotations;

namespace BigTech.Friends;

/// <summary>Section <c>Friends</c>.</summary>
internal sealed class FriendsOptions
{
    /// <summary>Maximum number of writes that wait for the store; above it, callers get 503.</summary>
    [Range(1, 1_000_000)]
    public int WriterQueue { get; set; } = 4096;

    /// <summary>How many friend requests one user may send per hour, whatever becomes of them; 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerHour { get; set; } = 100;

    /// <summary>How many searches among friends one user may make per minute; 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int SearchesPerMinute { get; set; } = 60;

    /// <summary>How many of them run at the same time; a few more wait, for at most a second.</summary>
    [Range(1, 1_000_000)]
    public int SearchesAtOnce { get; set; } = 2;
}
