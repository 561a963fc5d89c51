namespace BigTech.BuildingBlocks.Core;

/// <summary>What an <see cref="AppError"/> means to its caller, whatever protocol carries it.</summary>
public enum ErrorKind
{
    /// <summary>The request cannot be understood, or makes no sense.</summary>
    Malformed,

    /// <summary>The caller is unknown.</summary>
    Unauthenticated,

    /// <summary>The caller is known and has no right to do this.</summary>
    Forbidden,

    NotFound,

    /// <summary>The caller took too long to send the request.</summary>
    TimedOut,

    /// <summary>The request contradicts the present state.</summary>
    Conflict,

    TooLarge,

    UnsupportedMediaType,

    /// <summary>Fields of the request have values that are not allowed.</summary>
    Invalid,

    /// <summary>The caller has made too many requests.</summary>
    RateLimited,

    /// <summary>The server cannot do this now: it is overloaded, or something that it needs is unavailable.</summary>
    Unavailable,
}
