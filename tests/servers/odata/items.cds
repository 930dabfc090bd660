@path: '/odata'
@requires: 'any'
service Service {
  entity Items {
    key n     : Integer;
        title : String;
        big   : Int64;
        price : Decimal(9, 2);
        half  : Double;
        ok    : Boolean;
        none  : String;
  }
}
