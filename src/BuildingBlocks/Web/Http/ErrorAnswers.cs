using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>Errors in the API description: what each status means, its form and its headers.</summary>
internal static class ErrorAnswers
{
    private const string RetryAfter = "Retry-After";
    private const string ProblemType = "application/problem+json";
    private const string ProblemSchema = "ProblemDetails";

    private static readonly string[] Limits = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

    private static readonly Dictionary<int, string> Meanings = new()
    {
        [StatusCodes.Status400BadRequest] = "The request cannot be read, or is about the caller; `code` says which.",
        [StatusCodes.Status401Unauthorized] = "Not signed in, or not any more; `code` says which.",
        [StatusCodes.Status403Forbidden] = "The caller may not do this; `code` says why.",
        [StatusCodes.Status404NotFound] = "There is no such thing, or it is not the caller's; `code` says what.",
        [StatusCodes.Status408RequestTimeout] = "The body came too slowly.",
        [StatusCodes.Status409Conflict] = "The present state does not allow it; `code` says why.",
        [StatusCodes.Status413PayloadTooLarge] = "The body is too large.",
        [StatusCodes.Status415UnsupportedMediaType] = "The body is of another type, charset or encoding.",
        [StatusCodes.Status422UnprocessableEntity] = "Something in the request is invalid; `errors` says what, by field.",
        [StatusCodes.Status429TooManyRequests] = "Too many requests; `Retry-After` says when the next one is worth it.",
        [StatusCodes.Status503ServiceUnavailable] = "It cannot be answered now; `Retry-After` says when to try again.",
    };

    /// <summary>The errors of <see cref="JsonBodyMiddleware"/> and the server's limits, for every operation with a body.</summary>
    public static readonly IReadOnlyList<int> OfBodies =
    [
        StatusCodes.Status408RequestTimeout, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType,
    ];

    /// <summary>Adds the headers that errors share to a document.</summary>
    public static void DescribeHeaders(OpenApiComponents components)
    {
        components.Headers = new Dictionary<string, IOpenApiHeader>
        {
            [RetryAfter] = Seconds("In so many seconds the request is worth another try."),
            [Limits[0]] = Seconds("How many requests of this kind the window allows."),
            [Limits[1]] = Seconds("How many are left in it."),
            [Limits[2]] = Seconds("In so many seconds there are more."),
        };

        static OpenApiHeader Seconds(string description) => new()
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "0" },
        };
    }

    /// <summary>Gives an operation these errors, and all that it has their form and meaning.</summary>
    public static void Describe(OpenApiOperation operation, OpenApiDocument document, IEnumerable<int> more)
    {
        operation.Responses ??= [];
        foreach (var status in more) operation.Responses.TryAdd($"{status}", new OpenApiResponse());
        foreach (var (status, meaning) in Meanings)
        {
            if (!operation.Responses.TryGetValue($"{status}", out var found) || found is not OpenApiResponse response) continue;
            response.Description = meaning;
            response.Content ??= new Dictionary<string, OpenApiMediaType>();
            response.Content[ProblemType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ProblemSchema, document) };
            foreach (var header in HeadersOf(status))
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers[header] = new OpenApiHeaderReference(header, document);
            }
        }
    }

    private static IEnumerable<string> HeadersOf(int status) => status switch
    {
        StatusCodes.Status429TooManyRequests => [RetryAfter, .. Limits],
        StatusCodes.Status503ServiceUnavailable => [RetryAfter],
        _ => [],
    };
}
