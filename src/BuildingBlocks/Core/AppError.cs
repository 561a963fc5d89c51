namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// An expected failure of a use case: the caller does not get what they asked for. The web layer turns it into problem details (RFC 9457);
/// <see cref="Code"/> is stable and meant for programs.
/// </summary>
public sealed class AppError : Exception
{
    private AppError(ErrorKind kind, string code, string detail, Exception? cause = null) : base(detail, cause)
    {
        Kind = kind;
        Code = code;
    }

    public ErrorKind Kind { get; }

    public string Code { get; }

    /// <summary>For <see cref="ErrorKind.Invalid"/>: what is wrong, by field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; private init; }

    /// <summary>For <see cref="ErrorKind.RateLimited"/> and <see cref="ErrorKind.Unavailable"/>: when to try again.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>For <see cref="ErrorKind.RateLimited"/>: the limit that was reached, where it has a number.</summary>
    public int? Limit { get; private init; }

    /// <summary>For <see cref="ErrorKind.Conflict"/>: the field that is taken, where there is one.</summary>
    public string? Field { get; private init; }

    /// <summary>For <see cref="ErrorKind.Forbidden"/>: the users whom it is about, where they are to be named.</summary>
    public IReadOnlyList<long>? UserIds { get; private init; }

    public static AppError BadRequest(string code, string detail, Exception? cause = null) =>
        new(ErrorKind.Malformed, code, detail, cause);

    public static AppError Unauthorized(string code, string detail) => new(ErrorKind.Unauthenticated, code, detail);

    public static AppError Forbidden(string code, string detail, IReadOnlyList<long>? userIds = null) =>
        new(ErrorKind.Forbidden, code, detail) { UserIds = userIds };

    public static AppError NotFound(string code, string detail) => new(ErrorKind.NotFound, code, detail);

    public static AppError TooSlow(string detail) => new(ErrorKind.TimedOut, "too_slow", detail);

    public static AppError Conflict(string code, string detail, string? field = null) =>
        new(ErrorKind.Conflict, code, detail) { Field = field };

    public static AppError TooLarge(string detail) => new(ErrorKind.TooLarge, "too_large", detail);

    public static AppError WrongType(string detail) => new(ErrorKind.UnsupportedMediaType, "wrong_content_type", detail);

    public static AppError Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new(ErrorKind.Invalid, "invalid", "One or more fields are invalid.") { Errors = errors };

    public static AppError Invalid(string field, string text) => Invalid(new Dictionary<string, string[]> { [field] = [text] });

    public static AppError TooMany(string code, string detail, TimeSpan retryAfter, int? limit = null) =>
        new(ErrorKind.RateLimited, code, detail) { RetryAfter = retryAfter, Limit = limit };

    public static AppError Unavailable(string code, string detail, Exception? cause = null, TimeSpan? retryAfter = null) =>
        new(ErrorKind.Unavailable, code, detail, cause) { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) };
}
