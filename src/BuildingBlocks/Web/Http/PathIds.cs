using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Ids in paths have one form: <c>{id:long}</c> is plain digits and <c>{id:guid}</c> a UUID with its hyphens. The framework's constraints
/// also accept signs, blanks and braces, so that one thing would have many addresses.
/// </summary>
public static class PathIds
{
    /// <summary>Replaces the framework's constraints of these names.</summary>
    public static IServiceCollection AddPathIds(this IServiceCollection services) => services.Configure<RouteOptions>(options =>
    {
        options.SetParameterPolicy<NumberConstraint>("long");
        options.SetParameterPolicy<UuidConstraint>("guid");
    });

    internal abstract class Constraint : IRouteConstraint, IParameterLiteralNodeMatchingPolicy
    {
        public bool Match(
            HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            values.TryGetValue(routeKey, out var value) && Convert.ToString(value, CultureInfo.InvariantCulture) is { } text && IsId(text);

        public bool MatchesLiteral(string parameterName, string literal) => IsId(literal);

        protected abstract bool IsId(string text);
    }

    internal sealed class NumberConstraint : Constraint
    {
        protected override bool IsId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    internal sealed class UuidConstraint : Constraint
    {
        protected override bool IsId(string text) => TextValidation.Uuid(text) is not null;
    }
}
