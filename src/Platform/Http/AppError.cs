using Microsoft.AspNetCore.Http;

namespace BigTech.Platform.Http;

/// <summary>
/// An expected "no": what a use case throws when the caller may not have what he asked for. One place turns it into problem
/// details (RFC 9457); <see cref="Code"/> is stable and meant for programs.
/// </summary>
public sealed class AppError : Exception
{
    private AppError(int status, string code, string detail, Exception? cause = null) : base(detail, cause)
    {
        Status = status;
        Code = code;
    }

    public int Status { get; }

    public string Code { get; }

    /// <summary>For 422: what is wrong, by field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; private init; }

    /// <summary>For 429 and 503: when to try again.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>For 409: the field that is taken, where there is one.</summary>
    public string? Field { get; private init; }

    public static AppError BadRequest(string code, string detail) => new(StatusCodes.Status400BadRequest, code, detail);

    public static AppError Unauthorized(string code, string detail) => new(StatusCodes.Status401Unauthorized, code, detail);

    public static AppError Forbidden(string code, string detail) => new(StatusCodes.Status403Forbidden, code, detail);

    public static AppError NotFound(string code, string detail) => new(StatusCodes.Status404NotFound, code, detail);

    public static AppError TooSlow(string detail) => new(StatusCodes.Status408RequestTimeout, "too_slow", detail);

    public static AppError Conflict(string code, string detail, string? field = null) =>
        new(StatusCodes.Status409Conflict, code, detail) { Field = field };

    public static AppError TooLarge(string detail) => new(StatusCodes.Status413PayloadTooLarge, "too_large", detail);

    public static AppError WrongType(string detail) => new(StatusCodes.Status415UnsupportedMediaType, "wrong_content_type", detail);

    public static AppError Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new(StatusCodes.Status422UnprocessableEntity, "invalid", "One or more fields are invalid.") { Errors = errors };

    public static AppError Invalid(string field, string text) => Invalid(new Dictionary<string, string[]> { [field] = [text] });

    public static AppError TooMany(string code, string detail, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, code, detail) { RetryAfter = retryAfter };

    public static AppError Unavailable(string code, string detail, Exception? cause = null) =>
        new(StatusCodes.Status503ServiceUnavailable, code, detail, cause) { RetryAfter = TimeSpan.FromSeconds(1) };
}
