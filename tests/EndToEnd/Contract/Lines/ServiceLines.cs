using static BigTech.Tests.EndToEnd.Contract.Line;
using static BigTech.Tests.EndToEnd.Contract.Relation;

namespace BigTech.Tests.EndToEnd.Contract.Lines;

/// <summary>The operations of every port.</summary>
internal static class ServiceLines
{
    public static IEnumerable<Line> All =>
    [
        On("GET /health").Gives(200, Anonymous | Self),
        On("GET /health/ready").Gives(200, Anonymous | Self),
        On("GET /health/live").Gives(200, Anonymous | Self),
    ];
}
