using BigTech.Platform;
using BigTech.Users.Domain;

namespace BigTech.Users;

/// <summary>Who is there, from signs of life; sees to it that the store follows.</summary>
internal interface IPresenceService
{
    /// <summary>A sign of life; when it makes the user come, the task ends once that is stored.</summary>
    /// <exception cref="AppError">503: it cannot be taken now.</exception>
    Task Heartbeat(long userId);

    /// <summary>Hides or shows a user.</summary>
    /// <exception cref="AppError">503: it cannot be stored, or nobody knows now whether he is there whom all shall see.</exception>
    Task<Presence> SetInvisible(long userId, bool isInvisible);
}
