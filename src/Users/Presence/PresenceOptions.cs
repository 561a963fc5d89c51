using System.ComponentModel.DataAnnotations;

namespace BigTech.Users.Presence;

/// <summary>Section <c>Presence</c>; the same in every process that shares a Redis.</summary>
internal sealed class PresenceOptions
{
    /// <summary>How long a user stays online after their last stream closes, in seconds: a reconnect in time changes nothing.</summary>
    [Range(0.001, 3600)]
    public double GraceSeconds { get; set; } = 5;

    /// <summary>How long a heartbeat keeps a user without an open stream online, in seconds.</summary>
    [Range(0.001, 86_400)]
    public double HeartbeatSeconds { get; set; } = 60;

    public TimeSpan Grace => TimeSpan.FromSeconds(GraceSeconds);

    public TimeSpan Heartbeat => TimeSpan.FromSeconds(HeartbeatSeconds);
}
