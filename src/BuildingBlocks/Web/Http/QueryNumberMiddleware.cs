using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Numbers in queries are plain digits, as ids in paths are (<see cref="PathIds"/>). The framework also accepts signs and blanks around
/// them.
/// </summary>
public sealed class QueryNumberMiddleware(RequestDelegate next)
{
    public Task Invoke(HttpContext context)
    {
        if (context.Request.QueryString.HasValue && context.GetEndpoint() is { } endpoint) Check(context.Request.Query, endpoint);
        return next(context);
    }

    private static void Check(IQueryCollection query, Endpoint endpoint)
    {
        foreach (var (name, values) in query)
        {
            if (values.Any(IsSpelledOtherwise) && NumberNamed(name, endpoint) is { } field)
            {
                throw AppError.Invalid(field, "Must be a number in plain digits.");
            }
        }
    }

    private static bool IsSpelledOtherwise(string? text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) && !text.All(char.IsAsciiDigit);

    /// <summary>The documented name of a parameter of the endpoint that is a number; null if it has none of this name.</summary>
    private static string? NumberNamed(string name, Endpoint endpoint) => endpoint.Metadata
        .GetOrderedMetadata<IParameterBindingMetadata>()
        .Select(parameter => parameter.ParameterInfo)
        .Where(parameter => (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType) is var type
            && (type == typeof(int) || type == typeof(long)))
        .Select(parameter => parameter.GetCustomAttributes(inherit: false).OfType<FromQueryAttribute>().FirstOrDefault()?.Name
            ?? parameter.Name)
        .FirstOrDefault(field => name.Equals(field, StringComparison.OrdinalIgnoreCase));
}
