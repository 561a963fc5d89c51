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
}
