namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>Client authors generate code from the description: answers that it omits are not handled.</summary>
[Collection(nameof(ContractCollection))]
public sealed class DescriptionScenarios(Personas personas)
{
    [Fact]
    public void Operations_with_a_body_describe_the_refusals_of_a_wrong_one() =>
        ShouldAllDescribe(personas.Operations.Where(operation => operation.HasBody), 400, 408, 413, 415, 422);

    [Fact]
    public void Operations_with_a_query_describe_the_refusal_of_a_wrong_one() =>
        ShouldAllDescribe(personas.Operations.Where(operation => operation.Parameters.Any(IsOfAQuery)), 422);

    [Fact]
    public void Operations_that_write_describe_the_refusal_of_a_store_that_cannot_take_it() =>
        ShouldAllDescribe(personas.Operations.Where(operation => operation.Method != "GET" && operation.Path != "/users/batch"), 503);

    // An invalid ticket is 401, and an invalid event id is a reset.
    private static bool IsOfAQuery(Parameter parameter) => parameter is { In: "query", Name: not ("ticket" or "last_event_id") };

    private static void ShouldAllDescribe(IEnumerable<Operation> operations, params int[] statuses)
    {
        var asked = operations.ToList();
        asked.ShouldNotBeEmpty();
        var missing = from operation in asked
                      from status in statuses.Except(operation.Statuses)
                      select $"{operation} describes no {status}: add it to the route's Describe(...)";
        string.Join('\n', missing).ShouldBeEmpty();
    }
}
