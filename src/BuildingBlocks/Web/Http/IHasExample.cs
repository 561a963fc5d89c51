namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>A body with an example in the API description.</summary>
public interface IHasExample
{
    /// <summary>A valid body for the endpoint; null members are omitted.</summary>
    static abstract object Example { get; }
}
